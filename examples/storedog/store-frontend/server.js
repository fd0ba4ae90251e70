import http from 'node:http';

const port = Number(process.env.PORT ?? 3000);
const discountsUrl = process.env.DISCOUNTS_URL ?? 'http://discounts:5001';
const advertisementsUrl = process.env.ADVERTISEMENTS_URL ?? 'http://advertisements:5002';
const banner = process.env.STORE_BANNER;

const products = [
  { name: 'Rope ring', price: '9.50' },
  { name: 'Squeaky carrot', price: '6.90' },
  { name: 'Raincoat, size L', price: '34.00' },
  { name: 'Very large basket', price: '79.00' },
];

const server = http.createServer((request, response) => {
  route(request, response).catch((error) => {
    console.error(`${request.method} ${request.url}: ${error.message}`);
    sendPage(response, 502, '<p>The shop is out for a walk. Please try again in a moment.</p>');
  });
});

async function route(request, response) {
  const { pathname } = new URL(request.url, 'http://store');
  const reading = request.method === 'GET' || request.method === 'HEAD';
  if (reading && pathname === '/') {
    await shopPage(response);
  } else if (reading && pathname === '/health') {
    sendJson(response, 200, { status: 'ok' });
  } else if (request.method === 'POST' && pathname === '/signup') {
    await signup(request, response);
  } else {
    sendPage(response, 404, '<p>No such page.</p>');
  }
}

async function shopPage(response) {
  const [discounts, advertisements] = await Promise.all([
    getJson(`${discountsUrl}/discount`),
    // A page without an advertisement is still a good page.
    getJson(`${advertisementsUrl}/ads`).catch(() => []),
  ]);
  const parts = [
    banner ? `<p class="banner">${escapeHtml(banner)}</p>` : '',
    discounts.length > 0 ? discountHtml(discounts[0]) : '',
    productsHtml(),
    advertisements.length > 0 ? advertisementHtml(advertisements[0]) : '',
  ];
  sendPage(response, 200, parts.filter(Boolean).join('\n'));
}

function discountHtml({ code, value }) {
  const offer = `Use code <strong>${escapeHtml(code)}</strong> and save ${escapeHtml(value)} %.`;
  return `<p class="discount">${offer}</p>`;
}

function productsHtml() {
  const items = products.map(
    ({ name, price }) => `  <li>${escapeHtml(name)} <span class="price">${price} EUR</span></li>`,
  );
  return `<ul class="products">\n${items.join('\n')}\n</ul>`;
}

function advertisementHtml({ text, link }) {
  return `<aside><a href="${escapeHtml(link)}">${escapeHtml(text)}</a></aside>`;
}

async function signup(request, response) {
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
  }
  sendJson(response, bytes > 0 ? 201 : 400, { status: bytes > 0 ? 'welcome' : 'empty' });
}

// A new connection each time: the name is looked up again, so a replaced container is found.
function getJson(url) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, timeout: 5000 }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 200) {
          reject(new Error(`${url} answered ${response.statusCode}`));
          return;
        }
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString()));
        } catch (error) {
          reject(error);
        }
      });
    });
    request.on('timeout', () => request.destroy(new Error(`${url} did not answer in time`)));
    request.on('error', reject);
  });
}

function sendPage(response, status, body) {
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Storedog</title></head>
<body>
<h1>Storedog</h1>
${body}
</body>
</html>
`;
  send(response, status, 'text/html; charset=utf-8', html);
}

function sendJson(response, status, value) {
  send(response, status, 'application/json', `${JSON.stringify(value)}\n`);
}

function send(response, status, type, body) {
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  if (!server.listening) {
    headers.connection = 'close';
  }
  response.writeHead(status, headers);
  response.end(body);
}

function escapeHtml(value) {
  const names = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return String(value).replace(/[&<>"']/g, (character) => names[character]);
}

function stop() {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(1), 8000).unref();
}

// Longer than a load balancer keeps an idle connection, so that it never writes to a closed one.
server.keepAliveTimeout = 75_000;

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
server.listen(port, () => console.log(`The shop is open on port ${port}`));
