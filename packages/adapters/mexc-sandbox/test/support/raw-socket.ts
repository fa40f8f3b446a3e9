import { hmac, KEY, SECRET } from './raw-client.ts';

export interface Pushed {
  readonly channel: string;
  readonly symbol?: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent
  readonly data: any;
  readonly ts: number;
}

/** A socket of the test's own: what came, and waiting for what comes. */
export class RawSocket {
  readonly #socket: WebSocket;
  readonly frames: Pushed[] = [];
  readonly closed: Promise<number>;
  #wake = (): void => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      this.frames.push(JSON.parse(String(data)));
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code }) => {
        resolve(code);
        this.#wake();
      });
    });
  }

  static async open(url: string): Promise<RawSocket> {
    const socket = new WebSocket(url);
    const raw = new RawSocket(socket);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    return raw;
  }

  send(message: unknown): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Sends, and waits for the acknowledgement or the error. */
  async ask(method: string, param?: unknown): Promise<Pushed> {
    const from = this.frames.length;
    this.send({ method, ...(param !== undefined && { param }) });
    return this.until(({ channel }) => channel === `rs.${method}` || channel === 'rs.error', from);
  }

  login(
    timeMs: number,
    more: { readonly top?: object; readonly param?: object; readonly secret?: string } = {},
  ): Promise<Pushed> {
    const reqTime = String(timeMs);
    const signature = hmac(`${KEY}${reqTime}`, more.secret ?? SECRET);
    const from = this.frames.length;
    this.send({ method: 'login', param: { apiKey: KEY, reqTime, signature, ...more.param }, ...more.top });
    return this.until(({ channel }) => channel === 'rs.login' || channel === 'rs.error', from);
  }

  /** The first frame that fits, from the frame `from` on. */
  async until(fits: (frame: Pushed) => boolean, from = 0): Promise<Pushed> {
    for (;;) {
      const found = this.frames.slice(from).find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Everything that the server had to say by now has come: a question later than it was answered. */
  async settled(): Promise<void> {
    const from = this.frames.length;
    this.send({ method: 'ping' });
    await this.until(({ channel }) => channel === 'pong', from);
  }

  on(channel: string): readonly Pushed[] {
    return this.frames.filter((frame) => frame.channel === channel);
  }

  close(): void {
    this.#socket.close();
  }
}
