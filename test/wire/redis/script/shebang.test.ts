import { describe, expect, it } from 'vitest';
import { readShebang } from '../../../../src/wire/redis/script/shebang.js';

describe('the first line of a script', () => {
  it('says what the script does, and leaves the other lines their numbers', () => {
    const { present, flags, body } = readShebang('#!lua flags=no-writes,allow-oom\nreturn 1');
    expect([present, [...flags], body]).toEqual([true, ['no-writes', 'allow-oom'], '\nreturn 1']);
    expect(readShebang('return 1')).toMatchObject({ present: false, body: 'return 1' });
  });

  it.for([
    ['#!lua', 'ERR Invalid script shebang'],
    ['#!js\nreturn 1', 'ERR Unexpected engine in script shebang: #!js'],
    ['#!lua name=x\nreturn 1', 'ERR Unknown lua shebang option: name=x'],
    ['#!lua flags=no-writes, allow-oom\nreturn 1', 'ERR Unexpected flag in script shebang: '],
    ['#!lua flags=foo\nreturn 1', 'ERR Unexpected flag in script shebang: foo'],
  ])('is refused when nobody knows it: %s', ([source, message]) => {
    expect(() => readShebang(source as string)).toThrow(message);
  });
});
