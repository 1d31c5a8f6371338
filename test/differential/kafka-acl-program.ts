/**
 * Rules of access, for a broker with an authorizer. `@` in a name stands for the lane of the runner: connections 0 and 1
 * belong to a super user, 2 and 3 to `u@` and `v@`, whom nothing is allowed but by a rule.
 */
import type { Dice, Operation } from './kafka-program.js';

const USERS = ['User:u@', 'User:v@'];
const [TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID] = [2, 3, 4, 5];
const [LITERAL, PREFIXED] = [3, 4];

interface Pattern {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly resourcePatternType: number;
}

const pattern = (resourceType: number, resourceName: string, resourcePatternType = LITERAL): Pattern => ({
  resourceType,
  resourceName,
  resourcePatternType,
});

/** What is only the program's: rules about it may be about everybody. */
const OWN: readonly Pattern[] = [
  pattern(TOPIC, '~a'),
  pattern(TOPIC, '~b'),
  pattern(TOPIC, '~', PREFIXED),
  pattern(TOPIC, '~c', PREFIXED),
  pattern(GROUP, '~g'),
  pattern(GROUP, '~m'),
  pattern(GROUP, '~', PREFIXED),
  pattern(TRANSACTIONAL_ID, '~t'),
  pattern(TRANSACTIONAL_ID, '~t', PREFIXED),
];
const SHARED: readonly Pattern[] = [
  pattern(TOPIC, '*'),
  pattern(GROUP, '*'),
  pattern(TRANSACTIONAL_ID, '*'),
  pattern(CLUSTER, 'kafka-cluster'),
];
const ODD: readonly Pattern[] = [
  pattern(CLUSTER, '~a'),
  pattern(CLUSTER, 'kafka-cluster', PREFIXED),
  pattern(6, '~token'),
  pattern(7, '~u'),
  pattern(8, '~a'),
  pattern(1, '~a'),
  pattern(0, '~a'),
  pattern(TOPIC, ''),
  pattern(TOPIC, '~a', 1),
  pattern(TOPIC, '~a', 2),
  pattern(TOPIC, '~a', 0),
  pattern(TOPIC, '~a', 5),
  pattern(TOPIC, '~bad name'),
];

export function aclOperation(dice: Dice): Operation | undefined {
  const connection = dice.mostly(0, 1, 2);
  const roll = dice.int(10);
  if (roll < 6) return dice.make('CreateAcls', { creations: dice.some(3, () => rule(dice), 0) }, connection);
  if (roll < 8) return dice.make('DescribeAcls', filter(dice), connection);
  return dice.make('DeleteAcls', { filters: dice.some(2, () => ownFilter(dice), 0) }, connection);
}

/** Rules that let some of what follows through. */
export function firstRules(dice: Dice): Operation {
  const creations = dice.some(5, () => ({
    ...dice.pick([...OWN, ...OWN, ...SHARED]),
    principal: dice.pick(USERS),
    host: '*',
    operation: dice.pick([2, 2, 3, 4, 8, 5, 7, 11, 12]),
    permissionType: dice.once(6) ? 2 : 3,
  }));
  return { connection: 0, api: 'CreateAcls', version: 3, body: { creations } };
}

function rule(dice: Dice): object {
  const own = !dice.once(4);
  return {
    ...(own ? dice.pick(OWN) : dice.once(3) ? dice.pick(ODD) : dice.pick(SHARED)),
    principal: own ? dice.mostly(dice.pick(USERS), 'User:*', 'Group:x', 'u@', '') : dice.pick(USERS),
    host: dice.mostly('*', '127.0.0.1', '10.0.0.1', ''),
    operation: dice.mostly(2 + dice.int(11), 0, 1, 13, 14, 15),
    permissionType: dice.mostly(3, 2, 2, 1, 0, 4),
  };
}

function filter(dice: Dice) {
  const { resourceType, resourceName } = dice.pick([...OWN, ...SHARED]);
  return {
    resourceTypeFilter: dice.mostly(dice.pick([1, resourceType]), 0, 6, 9),
    resourceNameFilter: dice.mostly<string | null>(dice.pick([null, resourceName]), '~abc', '', '*'),
    patternTypeFilter: dice.mostly(dice.pick([1, 2, 3, 4]), 0, 5),
    principalFilter: dice.mostly<string | null>(dice.pick([null, ...USERS]), 'User:*', 'x', ''),
    hostFilter: dice.mostly<string | null>(null, '*', '127.0.0.1', ''),
    operation: dice.mostly(1, 2, 3, 8, 0, 15),
    permissionType: dice.mostly(1, 2, 3, 0),
  };
}

/** One that no rule of another program passes. */
function ownFilter(dice: Dice) {
  const wanted = filter(dice);
  const own = wanted.resourceNameFilter?.startsWith('~') && wanted.patternTypeFilter !== 2;
  return own ? wanted : { ...wanted, principalFilter: dice.pick(USERS) };
}
