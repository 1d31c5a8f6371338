/** kcat (librdkafka), where it is installed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { atEnd, startTestBroker } from './client.js';

const missing = spawnSync('kcat', ['-V']).error !== undefined;
if (missing) console.warn('kcat is not installed; its tests are skipped');

/** Runs kcat to its end, with some input; gives what it printed. */
function kcat(args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('kcat', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let problems = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      problems += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`kcat ended with ${code}: ${problems}`)),
    );
    child.stdin.end(input);
  });
}

describe.skipIf(missing)('kcat', () => {
  test('produces and consumes with every codec', async () => {
    const broker = await startTestBroker();
    const at = ['-b', broker.urls.kafka];
    const long = 'x'.repeat(500);
    const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
    const roundTrip = async (codec: string, number: number) => {
      const input = `a:one ${long}\nb:two ${long}\n`;
      await kcat([...at, '-P', '-t', codec, '-K:', '-z', codec, '-H', 'h=1'], input);
      expect(await kcat([...at, '-C', '-t', codec, '-e', '-q', '-K:'])).toBe(input);
      const [first] = broker.kafka.topic(codec).records();
      expect([first?.key, first?.text(), first?.header('h')]).toEqual(['a', `one ${long}`, '1']);
      expect(broker.kafka.cluster.partition(codec, 0)?.log.batchAt(0)?.codec).toBe(number);
    };
    await Promise.all(codecs.map(roundTrip));
  });

  test('lists metadata and finds offsets by time', async () => {
    const broker = await startTestBroker({ nodes: 2 });
    broker.kafka.createTopic('t', { partitions: 2 });
    broker.kafka.produce('t', { value: 'a', partition: 1, timestampMs: 1_000 });
    broker.kafka.produce('t', { value: 'b', partition: 1, timestampMs: 2_000 });
    const metadata = JSON.parse(await kcat(['-b', broker.urls.kafka, '-L', '-J']));
    expect(metadata.brokers.map(({ id }: { id: number }) => id).sort()).toEqual([1, 2]);
    expect(metadata.topics[0]).toMatchObject({ topic: 't', partitions: [{ partition: 0 }, { partition: 1 }] });
    expect(await kcat(['-b', broker.urls.kafka, '-Q', '-t', 't:1:1500'])).toContain('offset 1');
  });

  test('consumes in a group', async () => {
    const broker = await startTestBroker();
    broker.kafka.createTopic('t', { partitions: 3 });
    for (let n = 0; n < 30; n++) broker.kafka.produce('t', { key: `${n}`, value: `${n}` });
    const args = ['-b', broker.urls.kafka, '-G', 'g', '-X', 'auto.offset.reset=earliest', '-q', '-c', '30', 't'];
    const values = (await kcat(args)).trim().split('\n').map(Number);
    expect(values.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });

  test('two share a group, until one is ended', async () => {
    const broker = await startTestBroker();
    broker.kafka.createTopic('t', { partitions: 4 });
    const args = ['-b', broker.urls.kafka, '-G', 'g', '-q', '-X', 'heartbeat.interval.ms=50', 't'];
    const group = broker.kafka.group('g');
    const shares = () => group.members.map(({ assignment }) => assignment[0]?.partitions.length);
    const join = async (members: number) => {
      const child = spawn('kcat', args, { stdio: 'ignore' });
      const ended = once(child, 'exit');
      const end = async () => {
        child.kill('SIGINT');
        await ended;
      };
      atEnd(end);
      await group.stable({ members });
      return end;
    };
    const end = await join(1);
    await join(2);
    expect(shares()).toEqual([2, 2]);
    await end();
    await group.stable({ members: 1 });
    expect(shares()).toEqual([4]);
  });

  test('goes on where the group has committed', async () => {
    const broker = await startTestBroker();
    for (let n = 0; n < 20; n++) broker.kafka.produce('t', { value: `${n}` });
    const half = ['-b', broker.urls.kafka, '-G', 'g', '-X', 'auto.offset.reset=earliest', '-q', '-c', '10', 't'];
    const numbers = async () => (await kcat(half)).trim().split('\n').map(Number);
    expect(await numbers()).toEqual(Array.from({ length: 10 }, (_, n) => n));
    expect(broker.kafka.group('g').committed('t', 0)).toBe(10);
    expect(await numbers()).toEqual(Array.from({ length: 10 }, (_, n) => n + 10));
  });

  test('produces in a transaction, and does not read what is not committed', async () => {
    const broker = await startTestBroker();
    broker.kafka.createTopic('t');
    await kcat(['-b', broker.urls.kafka, '-P', '-t', 't', '-X', 'transactional.id=tx'], 'a\nb\n');
    expect(broker.kafka.topic('t').partitions[0]).toMatchObject({ logEnd: 3, lastStable: 3 });
    const open = broker.kafka.transactions;
    expect(open.list().map(({ state }) => state)).toEqual(['CompleteCommit']);
    const args = ['-b', broker.urls.kafka, '-C', '-t', 't', '-e', '-q', '-X', 'isolation.level=read_committed'];
    expect(await kcat(args)).toBe('a\nb\n');
  });

  test('produces with idempotence', async () => {
    const broker = await startTestBroker();
    broker.kafka.createTopic('t');
    await kcat(['-b', broker.urls.kafka, '-P', '-t', 't', '-X', 'enable.idempotence=true'], 'a\nb\n');
    expect(
      broker.kafka
        .topic('t')
        .records()
        .map((record) => record.text()),
    ).toEqual(['a', 'b']);
    expect(broker.kafka.cluster.partition('t', 0)?.log.batchAt(0)?.producerId).toBeGreaterThanOrEqual(0);
  });
});
