/** What can be set on the redis broker. */
export type RedisOptions = {};
