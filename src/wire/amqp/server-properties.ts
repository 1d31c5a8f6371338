import { type AmqpBroker, type AmqpVersion, type FieldTable, toFieldTable } from '../../models/amqp/index.js';

const DEFAULT_CLUSTER_NAME = 'rabbit@tribroker';

/** The parameter that renames the cluster. */
export const CLUSTER_NAME_PARAMETER = 'cluster_name';

export function clusterName(broker: AmqpBroker): string {
  const name = broker.globalParameters.get(CLUSTER_NAME_PARAMETER);
  return typeof name === 'string' ? name : DEFAULT_CLUSTER_NAME;
}

export const ERLANG_VERSIONS: Readonly<Record<AmqpVersion, string>> = { '3': '25.2.3', '4': '27.3.4' };

/** What the server can do beyond the protocol's own text. */
export const SERVER_CAPABILITIES = [
  'publisher_confirms',
  'exchange_exchange_bindings',
  'basic.nack',
  'consumer_cancel_notify',
  'connection.blocked',
  'consumer_priorities',
  'authentication_failure_close',
  'per_consumer_qos',
  'direct_reply_to',
] as const;

/** The table in connection.start: names and order as RabbitMQ has them. */
export function serverProperties(broker: AmqpBroker): FieldTable {
  return toFieldTable({
    capabilities: Object.fromEntries(SERVER_CAPABILITIES.map((name) => [name, true])),
    cluster_name: clusterName(broker),
    copyright: 'Copyright (c) 2007-2025 Broadcom Inc and/or its subsidiaries',
    information: 'Licensed under the MPL 2.0. Website: https://rabbitmq.com',
    platform: `Erlang/OTP ${ERLANG_VERSIONS[broker.version]}`,
    product: 'RabbitMQ',
    version: broker.releaseName,
  });
}
