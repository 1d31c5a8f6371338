/** The release, as in package.json. A constant, because neither module system may ask where its own file lies. */
export const VERSION = '0.1.0';

/** A mistake on the command line: one clear line on stderr, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `tribroker: Kafka, RabbitMQ and Redis on one port, for development and tests

  npx tribroker                       any free port, all three brokers
  npx tribroker serve --port 7900     that port
  npx tribroker serve --standard-ports
                                      9092, 5672 and 6379 as well

Options of serve, which is also what runs without a command:
  --port <number>        port of the first node, 0 (default) for any free one
  --host <address>       address or name to bind and to advertise, default 127.0.0.1
  --standard-ports       also listen on 9092 (Kafka), 5672 (AMQP) and 6379 (Redis)
  --nodes <number>       Kafka nodes, 1 to 64, each with a port of its own; default 1
  --first-node-id <n>    number of the first node, default 1; some clusters count from 0
  --redis-version <v>    7.0 or 7.2 (default)
  --amqp-version <v>     3 (default) or 4: RabbitMQ's release
  --json                 print one line of JSON when ready, nothing else
  -h, --help             this text
  -v, --version          the release

Options of serve for Kafka; those with + may be repeated:
  --topic <name[:n]>     + a topic to make, with n partitions
  --kafka-config <k=v>   + a setting by Kafka's name: num.partitions=3, auto.create.topics.enable=false
  --kafka-data-dir <dir> keep topics, records and groups there for the next time
  --kafka-user <u:pass>  + who may log in by SASL, and then nobody else; default anybody, without
  --kafka-mechanism <m>  + PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; default all three
  --kafka-super-user <p> + switches access control on for all but this principal: User:admin
  --kafka-allow-everyone-if-no-acl-found
                         switches access control on for what a rule is about
  --kafka-rack <name>    + rack of a node, that of the first one first
  --kafka-api-versions <v>
                         standard (default), or lean: the fewest that all known clients accept
  --kafka-auto-create <v>
                         kafka (default): a new topic is told of when it is asked for again; or immediate

Signals: SIGINT and SIGTERM stop it, SIGHUP restarts the brokers on the same ports.
Log in to AMQP as guest / guest; Redis asks for no password, and Kafka only where users are named.
`;
