/** Class basic (60). basic.publish comes with content, so that it is no handler of the table. */
import { handler, type PublishHandler } from '../handler.js';
import { METHODS } from '../method.js';

export const publish: PublishHandler = ({ values, properties, body }, { channel }) =>
  channel.publish(values.exchange, values.routingKey, properties, body, values);

export const BASIC_HANDLERS = [
  handler(METHODS.basicQos, ({ prefetchCount, prefetchSize, global }, { channel, reply }) => {
    channel.qos(prefetchCount, global, prefetchSize);
    reply(METHODS.basicQosOk, {});
  }),
  handler(METHODS.basicConsume, ({ args, nowait, ...values }, { channel, reply }) => {
    const consumerTag = channel.consume({ ...values, arguments: args });
    if (!nowait) reply(METHODS.basicConsumeOk, { consumerTag });
  }),
  handler(METHODS.basicCancel, ({ consumerTag, nowait }, { channel, reply }) => {
    channel.cancel(consumerTag);
    if (!nowait) reply(METHODS.basicCancelOk, { consumerTag });
  }),
  handler(METHODS.basicGet, ({ queue, noAck }, { channel, reply, replyContent }) => {
    const got = channel.get(queue, noAck);
    if (!got) return reply(METHODS.basicGetEmpty, { clusterId: '' });
    const { delivery, messageCount } = got;
    const { deliveryTag, redelivered, exchange, routingKey, properties, body } = delivery;
    const values = { deliveryTag, redelivered, exchange, routingKey, messageCount };
    replyContent(METHODS.basicGetOk, values, properties, body);
  }),
  handler(METHODS.basicAck, ({ deliveryTag, multiple }, { channel }) => channel.ack(deliveryTag, multiple)),
  handler(METHODS.basicNack, ({ deliveryTag, multiple, requeue }, { channel }) =>
    channel.nack(deliveryTag, multiple, requeue),
  ),
  handler(METHODS.basicReject, ({ deliveryTag, requeue }, { channel }) => channel.reject(deliveryTag, requeue)),
  handler(METHODS.basicRecoverAsync, ({ requeue }, { channel }) => channel.recover(requeue)),
  handler(METHODS.basicRecover, ({ requeue }, { channel, reply }) => {
    channel.recover(requeue);
    reply(METHODS.basicRecoverOk, {});
  }),
];
