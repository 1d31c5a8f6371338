import type { Session } from './session.js';

/** An address as clients are shown it. */
export function addressOf(side: { address: string; port: number }): string {
  return side.address.includes(':') ? `[${side.address}]:${side.port}` : `${side.address}:${side.port}`;
}

function flagsOf(client: Session): string {
  let flags = '';
  if (client.monitoring) flags += 'O';
  if (client.clientClass === 'pubsub') flags += 'P';
  if (client.transaction.open) flags += 'x';
  if (client.isWaiting) flags += 'b';
  if (client.tracking) flags += 't';
  if (client.tracking?.brokenRedirect) flags += 'R';
  if (client.tracking?.bcast) flags += 'B';
  if (client.closing) flags += 'A';
  if (client.noEvict) flags += 'e';
  return flags === '' ? 'N' : flags;
}

/** What CLIENT LIST tells of a connection, in one line without its end. */
export function clientLine(client: Session): string {
  const now = client.door.now;
  const fields: Array<readonly [string, string | number]> = [
    ['id', client.id],
    ['addr', addressOf(client.connection.remote)],
    ['laddr', addressOf(client.connection.local)],
    ['fd', client.id + 7],
    ['name', client.name],
    ['age', Math.floor((now - client.startedMs) / 1000)],
    ['idle', Math.floor((now - client.lastActivityMs) / 1000)],
    ['flags', flagsOf(client)],
    ['db', client.db],
    ['sub', client.subscriptions.channels.size],
    ['psub', client.subscriptions.patterns.size],
    ['ssub', client.subscriptions.shardChannels.size],
    ['multi', client.transaction.open ? client.transaction.queued.length : -1],
    ['qbuf', client.pendingInputBytes],
    ['qbuf-free', 0],
    ['argv-mem', 0],
    ['multi-mem', 0],
    ['rbs', 1024],
    ['rbp', 0],
    ['obl', 0],
    ['oll', 0],
    ['omem', client.bufferedBytes],
    ['tot-mem', client.bufferedBytes + client.pendingInputBytes],
    ['events', 'r'],
    ['cmd', client.lastCommand],
    ['user', client.user.name],
    ['redir', client.tracking?.redirect ?? -1],
    ['resp', client.protocol],
  ];
  if (client.door.broker.version !== '7.0') fields.push(['lib-name', client.libName], ['lib-ver', client.libVersion]);
  return fields.map(([name, value]) => `${name}=${value}`).join(' ');
}
