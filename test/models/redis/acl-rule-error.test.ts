import { expect, test } from 'vitest';
import { ACL_REASONS, AclRuleError } from '../../../src/models/redis/acl-rule-error.js';

test('a pattern behind the one for everything is told how to begin anew', () => {
  expect(ACL_REASONS.keyCovered).toContain("(or the 'allkeys' flag)");
  expect(ACL_REASONS.keyCovered).toContain("Try 'resetkeys' to start with an empty list of patterns");
  expect(ACL_REASONS.channelCovered).toContain("Try 'resetchannels' to start with an empty list of channels");
});

test('the error carries its reason', () => {
  expect(new AclRuleError(ACL_REASONS.syntax)).toMatchObject({ message: 'Syntax error' });
});
