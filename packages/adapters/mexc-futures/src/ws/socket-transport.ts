/** What a socket tells. After `onClose` nothing more comes, and after `Socket.close()` nothing at all. */
export interface SocketEvents {
  onOpen(): void;
  /** One whole message. */
  onText(text: string): void;
  /** Why it failed; `onClose` follows. */
  onError(cause: unknown): void;
  onClose(code: number, reason: string): void;
}

export interface Socket {
  /** Sends one text message; on a socket that is not open it does nothing. */
  send(text: string): void;
  /** May be called twice, and before the socket has opened. Whatever the peer does, nothing of it stays behind. */
  close(): void;
}

/** Where sockets come from. `connect` returns before the first event, and tells what goes wrong by events, never by throwing. */
export interface SocketTransport {
  connect(url: string, events: SocketEvents): Socket;
}
