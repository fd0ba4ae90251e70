import { type Backend, canServe, type HaproxyWorker, type Server } from './haproxy-worker.ts';

const COLUMNS =
  'be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';

/** Whether a command at a socket only looks. */
export function onlyShows(command: string): boolean {
  return command
    .split(';')
    .every((each) => /^\s*(@!\d+ )?(show|get|prompt|set timeout)\b/.test(each));
}

/** What a worker answers to a line of commands at its admin socket: after each answer comes an empty line. */
export function answerOf(worker: HaproxyWorker, line: string): string {
  return line
    .split(';')
    .map((each) => `${one(worker, each.trim())}\n`)
    .join('');
}

function one(worker: HaproxyWorker, command: string): string {
  const words = command.split(' ');
  const [first = '', second = '', third = '', ...rest] = words;
  const map = worker.maps.get(third.split('/').at(-1) ?? '');
  switch (`${first} ${second}`) {
    case 'show map':
      return [...(map ?? [])].map(([key, value], index) => `0x${index} ${key} ${value}\n`).join('');
    case 'set map': {
      const [key = '', value = ''] = rest;
      if (!map?.has(key)) return 'entry not found.\n';
      map.set(key, value);
      return '';
    }
    case 'add map':
      map?.set(rest[0] ?? '', rest[1] ?? '');
      return '';
    case 'del map':
      map?.delete(rest[0] ?? '');
      return '';
    case 'show info':
      return `Name: HAProxy\nPid: ${worker.pid}\nStart_time_sec: ${Math.floor(worker.startedAt / 1000)}\ndescription: ${worker.configuration.digest}\n`;
    // Its visitors leave no lines.
    case 'show events':
      return '';
    case 'show stat':
      return statistics(worker);
    case 'show servers':
      return states(worker);
    case 'show version':
      return '3.0.11\n';
    case 'show table':
    case 'get var':
    case 'prompt ':
    case 'set timeout':
      return '';
    case 'clear table': {
      const backend = worker.backends.get(third.replace(/-failures$/, ''));
      if (backend) backend.failuresInARow = 0;
      return '';
    }
    case 'set server': {
      const [backend = '', server = ''] = third.split('/');
      const found = worker.backends.get(backend);
      if (rest.join(' ') === 'health up' && found) {
        if (server === 'canary') found.isTripped = false;
        const place = found.servers.find(({ name }) => name === server);
        if (place) place.isUp = true;
      }
      return '';
    }
    case 'disable frontend':
    case 'enable frontend':
      worker.isAccepting = first === 'enable';
      return '';
    default:
      throw new Error(`The simulated proxy does not know \`${command}\``);
  }
}

const HEAD =
  '# pxname,svname,scur,stot,econ,eresp,cli_abrt,status,check_status,addr,rtime,mode,hrsp_2xx,hrsp_5xx';

/** Canary reads it several times a second: it is put together quickly. */
function statistics({ backends }: HaproxyWorker): string {
  let text = `${HEAD}\n`;
  for (const backend of backends.values()) {
    const { name, requests, answers } = backend;
    const mode = backend.isStream ? 'tcp' : 'http';
    for (const server of backend.servers) {
      const address = server.address === '' ? '' : `${server.address}:${server.port}`;
      const checked = server.passed ? 'L4OK' : '';
      text += `${name},${server.name},0,${server.requests},0,0,0,${statusOf(backend, server)},${checked},${address},,${mode},,${server.failures}\n`;
    }
    text += `${name},BACKEND,0,${requests},0,0,0,UP,,,,${mode},${answers.ok},${answers.failed}\n`;
  }
  return text;
}

function statusOf(backend: Backend, server: Server): string {
  if (server.name === 'canary' && backend.name.endsWith(':canary'))
    return backend.isTripped ? 'DOWN' : 'UP';
  if (server.host !== undefined && server.address === '') return 'MAINT (resolution)';
  if (!server.isChecked) return 'no check';
  return server.isUp ? 'UP' : 'DOWN';
}

function states({ backends }: HaproxyWorker): string {
  const lines = [...backends.values()].flatMap((backend) =>
    backend.servers.map((server) => {
      const isUp = server.host === undefined ? !backend.isTripped : canServe(server);
      const place = [0, backend.name, 0, server.name, server.address || '-', isUp ? 2 : 0];
      const rest = [0, 1, 1, 0, 6, 3, 5, 6, 0, 0, 0, server.host ?? '-', server.port];
      return [...place, ...rest, '-', 0, 0, '-', '-', 0].join(' ');
    }),
  );
  return ['1', `# ${COLUMNS}`, ...lines, ''].join('\n');
}
