/**
 * One HTTP/1.1 connection that sends prepared bytes and hears answers, one at a time. Nothing else:
 * the load generator must be cheaper than anything that it measures.
 */
import { connect, type Socket } from "node:net";
import type { SignedDelivery } from "./delivery.ts";

export interface Heard {
  /** 0: no answer came, because the connection broke or the time was over. */
  readonly status: number;
}

/** The request's bytes. */
export function requestBytes(url: URL, { headers, body }: SignedDelivery): Buffer {
  const lines = Object.entries({ host: url.host, ...headers, "content-length": body.byteLength });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`POST ${url.pathname} HTTP/1.1\r\n${head}\r\n`), body]);
}

export class Connection {
  readonly #url: URL;
  readonly #timeoutMs: number;
  #socket: Socket | null = null;
  #heard: Buffer = Buffer.alloc(0);
  #settle: ((heard: Heard) => void) | null = null;

  constructor(url: URL, timeoutMs: number) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  /** Sends a request and hears its status; connects (again) where there is no connection. */
  send(bytes: Buffer): Promise<Heard> {
    return new Promise((resolve) => {
      const socket = this.#socket ?? this.#open();
      const timer = setTimeout(() => this.#break(), this.#timeoutMs);
      this.#settle = (heard) => {
        clearTimeout(timer);
        this.#settle = null;
        resolve(heard);
      };
      socket.write(bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const socket = connect({ host: this.#url.hostname, port: Number(this.#url.port) });
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#read(chunk));
    for (const event of ["error", "close"]) {
      socket.on(event, () => {
        if (this.#socket === socket) this.#break();
      });
    }
    this.#socket = socket;
    return socket;
  }

  #break(): void {
    this.close();
    this.#heard = Buffer.alloc(0);
    this.#settle?.({ status: 0 });
  }

  #read(chunk: Buffer): void {
    this.#heard = this.#heard.byteLength === 0 ? chunk : Buffer.concat([this.#heard, chunk]);
    const text = this.#heard.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = text.slice(0, end).toLowerCase();
    const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
    const whole =
      length === undefined
        ? text.endsWith("\r\n0\r\n\r\n")
        : text.length >= end + 4 + Number(length);
    if (!whole && !/^http\/1.1 (204|304)/.test(head)) return;
    this.#heard = Buffer.alloc(0);
    if (head.includes("\r\nconnection: close")) this.close();
    this.#settle?.({ status: Number(head.slice(9, 12)) });
  }
}
