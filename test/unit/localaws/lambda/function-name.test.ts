// The ways to name a function.
import { describe, expect, test } from '@jest/globals';
import { readFunctionReference } from '#localaws/lambda/function-name.ts';

describe('function references', () => {
  test.each([
    ['deploy', undefined, { name: 'deploy', qualifier: undefined }],
    ['deploy:live', undefined, { name: 'deploy', qualifier: 'live' }],
    ['deploy', '$LATEST', { name: 'deploy', qualifier: '$LATEST' }],
    ['111122223333:function:deploy', undefined, { name: 'deploy', qualifier: undefined }],
    ['function:deploy:7', undefined, { name: 'deploy', qualifier: '7' }],
    ['arn:aws:lambda:eu-west-1:111122223333:function:deploy', undefined, { name: 'deploy', qualifier: undefined }],
    ['arn:aws:lambda:eu-west-1:111122223333:function:deploy:$LATEST', '$LATEST', { name: 'deploy', qualifier: '$LATEST' }],
  ])('%s with qualifier %s', (name, qualifier, expected) => {
    expect(readFunctionReference(name, qualifier)).toEqual(expected);
  });

  test.each([
    ['', undefined],
    ['has space', undefined],
    [undefined, undefined],
    ['x'.repeat(65), undefined],
    ['deploy', 'bad qualifier'],
  ])('%s with qualifier %s is refused', (name, qualifier) => {
    expect(() => readFunctionReference(name, qualifier)).toThrow(/failed to satisfy constraint/);
  });

  test('a name and a qualifier that contradict each other are refused', () => {
    expect(() => readFunctionReference('deploy:1', '2')).toThrow(/does not match the specified qualifier/);
  });
});
