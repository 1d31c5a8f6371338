/** What happened to the calls of one command. */
export interface CommandStats {
  calls: number;
  /** Refused by a check, never run. */
  rejected: number;
  /** Run and answered with an error. */
  failed: number;
}

/** Counters of the server as INFO shows them; CONFIG RESETSTAT clears them. */
export class ServerStats {
  connections = 0;
  rejectedConnections = 0;
  commands = 0;
  reads = 0;
  readBytes = 0;
  writes = 0;
  writtenBytes = 0;
  /** Error replies by code. */
  readonly errors = new Map<string, number>();
  readonly byCommand = new Map<string, CommandStats>();

  count(command: string, outcome: keyof CommandStats): void {
    let stats = this.byCommand.get(command);
    if (!stats) {
      stats = { calls: 0, rejected: 0, failed: 0 };
      this.byCommand.set(command, stats);
    }
    stats[outcome]++;
    if (outcome === 'calls') this.commands++;
  }

  countRead(bytes: number): void {
    this.reads++;
    this.readBytes += bytes;
  }

  countWrite(bytes: number): void {
    this.writes++;
    this.writtenBytes += bytes;
  }

  /** @param line an error reply without its dash */
  countError(line: string): void {
    const code = line.split(' ', 1)[0] as string;
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  get errorCount(): number {
    let sum = 0;
    for (const count of this.errors.values()) sum += count;
    return sum;
  }

  reset(): void {
    this.connections = 0;
    this.rejectedConnections = 0;
    this.commands = 0;
    this.reads = 0;
    this.readBytes = 0;
    this.writes = 0;
    this.writtenBytes = 0;
    this.errors.clear();
    this.byCommand.clear();
  }
}
