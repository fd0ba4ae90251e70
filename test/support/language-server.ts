import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SERVER = fileURLToPath(
  new URL('../../node_modules/yaml-language-server/bin/yaml-language-server', import.meta.url),
);

interface Message {
  id?: number;
  method?: string;
  params?: { uri?: string; items?: unknown[] };
  result?: unknown;
}

export interface Diagnostic {
  message: string;
  range: { start: { line: number; character: number } };
}

/** The YAML language server of editors, with one file open at a time. */
export class LanguageServer {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: ((message: Message) => void)[] = [];
  private received = Buffer.alloc(0);
  private next = 1;

  constructor() {
    this.child = spawn(process.execPath, [SERVER, '--stdio']);
    this.child.stdout.on('data', (chunk: Buffer) => this.read(chunk));
  }

  async start(folder: string): Promise<void> {
    const uri = pathToFileURL(folder).href;
    await this.ask('initialize', {
      ...{ processId: process.pid, rootUri: uri, capabilities: {} },
      workspaceFolders: [{ uri, name: 'project' }],
    });
    this.tell('initialized', {});
    const yaml = { validate: true, completion: true, hover: true, schemaStore: { enable: false } };
    this.tell('workspace/didChangeConfiguration', { settings: { yaml } });
  }

  /** Opens a file and returns what the server says about it. */
  async open(path: string, text: string): Promise<Diagnostic[]> {
    const uri = pathToFileURL(path).href;
    const said = this.following(
      ({ method, params }) => method === 'textDocument/publishDiagnostics' && params?.uri === uri,
    );
    const textDocument = { uri, languageId: 'yaml', version: 1, text };
    this.tell('textDocument/didOpen', { textDocument });
    return (await said).params?.['diagnostics' as never] ?? [];
  }

  /** The names that the server offers at a place of an open file. */
  async complete(path: string, line: number, character: number): Promise<string[]> {
    const textDocument = { uri: pathToFileURL(path).href };
    const result = await this.ask('textDocument/completion', {
      ...{ textDocument, position: { line, character } },
    });
    return (result as { items: { label: string }[] }).items.map(({ label }) => label);
  }

  /** What the server shows about a place of an open file. */
  async hover(path: string, line: number, character: number): Promise<string> {
    const textDocument = { uri: pathToFileURL(path).href };
    const position = { line, character };
    return JSON.stringify(await this.ask('textDocument/hover', { textDocument, position }));
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  private async ask(method: string, params: object): Promise<unknown> {
    const id = this.next++;
    const answer = this.following((message) => message.id === id && message.method === undefined);
    this.write({ id, method, params });
    return (await answer).result;
  }

  private tell(method: string, params: object): void {
    this.write({ method, params });
  }

  /** The next message that fits. */
  private following(fits: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      const look = (message: Message) => {
        if (!fits(message)) return;
        this.waiting.splice(this.waiting.indexOf(look), 1);
        resolve(message);
      };
      this.waiting.push(look);
    });
  }

  private write(message: object): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  private read(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (;;) {
      const end = this.received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.received.toString('latin1', 0, end))?.[1],
      );
      const total = end + 4 + length;
      if (this.received.length < total) return;
      const message = JSON.parse(this.received.toString('utf8', end + 4, total)) as Message;
      this.received = this.received.subarray(total);
      this.take(message);
    }
  }

  private take(message: Message): void {
    // A request of the server: it asks for settings, which it has.
    if (message.id !== undefined && message.method !== undefined)
      this.write({ id: message.id, result: message.params?.items?.map(() => null) ?? null });
    for (const look of [...this.waiting]) look(message);
  }
}
