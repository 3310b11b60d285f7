import { connect, type Socket } from 'node:net';

/** The way from one client to a server. */
export interface Relay {
  readonly server: Socket;
  /** Ends both connections at once. */
  readonly breakBoth: () => void;
}

/** Connects a client to a port of this machine: the two connections end together, and are in the set until then. */
export function relay(client: Socket, port: number, sockets: Set<Socket>): Relay {
  const server = connect(port, '127.0.0.1');
  const breakBoth = (): void => {
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) {
    sockets.add(socket);
    socket.on('error', breakBoth);
    socket.on('close', () => {
      sockets.delete(socket);
      breakBoth();
    });
  }
  return { server, breakBoth };
}
