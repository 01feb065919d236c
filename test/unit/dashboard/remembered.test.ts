import { expect, test } from '@jest/globals';
import { CommandFailure } from '#cli/command-failure.ts';
import { createRemembered } from '../../../dashboard/server/remembered.ts';

function setUp() {
  let now = 0;
  let asked = 0;
  let fails = false;
  const remembered = createRemembered(() => now);
  return {
    asked: () => asked,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    fail: (whether: boolean) => {
      fails = whether;
    },
    forget: () => remembered.forget('a'),
    read: () =>
      remembered.read('a/b', 1_000, async () => {
        asked += 1;
        if (fails) throw new CommandFailure('no network');
        return asked;
      }),
  };
}

test('an answer is kept for its time, and looks at the same moment ask once', async () => {
  const { read, pass, asked } = setUp();
  expect(await Promise.all([read(), read()])).toEqual([
    { value: 1, ageMilliseconds: 0 },
    { value: 1, ageMilliseconds: 0 },
  ]);
  pass(900);
  expect(await read()).toEqual({ value: 1, ageMilliseconds: 900 });
  pass(200);
  expect(await read()).toEqual({ value: 2, ageMilliseconds: 0 });
  expect(asked()).toBe(2);
});

test('while nothing can be read the last answer stays, with its age and the reason; then it goes on', async () => {
  const { read, pass, fail } = setUp();
  await read();
  fail(true);
  pass(5_000);
  expect(await read()).toEqual({ value: 1, ageMilliseconds: 5_000, problem: 'no network' });
  pass(5_000);
  expect(await read()).toMatchObject({ ageMilliseconds: 10_000 });
  fail(false);
  expect(await read()).toEqual({ value: 4, ageMilliseconds: 0 });
});

test('what was never answered is a failure', async () => {
  const { read, fail } = setUp();
  fail(true);
  await expect(read()).rejects.toThrow('no network');
});

test('after a change it is asked again at once', async () => {
  const { read, forget, asked } = setUp();
  await read();
  forget();
  expect(await read()).toEqual({ value: 2, ageMilliseconds: 0 });
  expect(await read()).toEqual({ value: 2, ageMilliseconds: 0 });
  expect(asked()).toBe(2);
});
