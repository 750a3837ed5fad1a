import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What it does with one line: a reply, or something else to the socket. */
export type Reaction = string | ((socket: Socket, line: string) => void);
export type Script = Partial<
  Record<'GREETING' | 'EHLO' | 'STAR' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | '.' | 'RSET' | 'QUIT', Reaction>
>;

const POLITE: Script = {
  GREETING: '220 test ESMTP',
  EHLO: '250-test\r\n250-PIPELINING\r\n250 AUTH PLAIN',
  AUTH: '235 2.7.0 ok',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go on',
  '.': '250 2.0.0 queued as 4ABC',
  RSET: '250 2.0.0 ok',
  QUIT: '221 2.0.0 bye',
};

export interface ScriptedSmtp {
  port: number;
  /** Sources of the mails up to the final dot, in order. */
  mails: string[];
  /** Recipients as RCPT TO named them. */
  recipients: string[];
  sockets: Socket[];
  close(): Promise<void>;
}

/** A mail server that is polite but for the given reactions. */
export async function scriptedSmtp(script: Script): Promise<ScriptedSmtp> {
  const reactions = { ...POLITE, ...script };
  const mails: string[] = [];
  const recipients: string[] = [];
  const sockets: Socket[] = [];
  const react = (socket: Socket, to: keyof Script, line: string): void => {
    const reaction = reactions[to];
    if (typeof reaction === 'string') socket.write(`${reaction}\r\n`);
    else reaction?.(socket, line);
  };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    let pending = '';
    let mail: string | undefined;
    react(socket, 'GREETING', '');
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (pending + chunk).split('\r\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        if (mail === undefined) {
          const verb = line.slice(0, 4) as keyof Script;
          if (verb === 'RCPT') recipients.push(/<(.*)>/.exec(line)?.[1] ?? '');
          react(socket, verb, line);
          if (verb === 'DATA') mail = '';
        } else if (line === '.') {
          mails.push(mail);
          mail = undefined;
          react(socket, '.', line);
        } else {
          mail += `${line}\r\n`;
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    recipients,
    sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
