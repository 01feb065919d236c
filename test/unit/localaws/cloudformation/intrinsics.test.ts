// Template values and the order in which resources can be made.
import { describe, expect, test } from '@jest/globals';
import { creationOrder } from '#localaws/cloudformation/creation-order.ts';
import { evaluateValue } from '#localaws/cloudformation/intrinsics.ts';
import { substituteDefinition } from '#localaws/cloudformation/kinds/state-machines.ts';
import { createStackLookup, type ResourceLookup } from '#localaws/cloudformation/stack-lookup.ts';
import { readTemplate } from '#localaws/cloudformation/template.ts';
import type { AwsShape, Region } from '#localaws/region.ts';

const REGION = { account: '111122223333', name: 'eu-west-1' } as Region;
const STACK = { name: 'weir-dev', id: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/weir-dev/1' };
const RESOURCES: ResourceLookup = { noting: false, ref: (id) => `ref-${id}`, attribute: (id, name) => (name === 'Parts' ? 'a/b/c' : `${id}.${name}`) };
const dollar = (name: string): string => ['$', '{', name, '}'].join('');

function lookupFor(sections: AwsShape = {}, given: Record<string, string> = {}, exports = new Map<string, string>(), resources = RESOURCES) {
  const template = readTemplate(JSON.stringify({ Resources: { A: { Type: 'T' } }, ...sections }), given);
  return createStackLookup(REGION, STACK, template, resources, exports);
}
const value = (expression: unknown, sections?: AwsShape, given?: Record<string, string>): unknown => evaluateValue(expression, lookupFor(sections, given));

describe('intrinsic functions', () => {
  test.each([
    [{ Ref: 'AWS::AccountId' }, '111122223333'],
    [{ Ref: 'AWS::StackName' }, 'weir-dev'],
    [{ Ref: 'Table' }, 'ref-Table'],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table.Arn'],
    [{ 'Fn::GetAtt': 'Table.Stream.Arn' }, 'Table.Stream.Arn'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 3]] }, 'a-eu-west-1-3'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': ['/', { 'Fn::GetAtt': ['X', 'Parts'] }] }] }, 'b'],
    [{ 'Fn::Base64': 'weir' }, 'd2Vpcg=='],
    [{ 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    [{ keep: [1, { Ref: 'AWS::NoValue' }, { nested: { Ref: 'AWS::NoValue' }, other: true }], gone: { Ref: 'AWS::NoValue' } }, { keep: [1, { other: true }] }],
  ])('%j', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  test('Fn::Sub fills in references, attributes and its own names, and leaves literals', () => {
    const text = `${dollar('AWS::Partition')}:${dollar('Table')}:${dollar('Table.Arn')}:${dollar('!Literal')}`;
    expect(value({ 'Fn::Sub': text })).toBe(`aws:ref-Table:Table.Arn:${dollar('Literal')}`);
    expect(value({ 'Fn::Sub': [`${dollar('own')}-${dollar('Table')}`, { own: { Ref: 'AWS::Region' } }] })).toBe('eu-west-1-ref-Table');
  });

  test('conditions, mappings and parameters decide between values', () => {
    const sections = {
      Parameters: { Stage: { Type: 'String', Default: 'dev', AllowedValues: ['dev', 'prod'] }, Zones: { Type: 'CommaDelimitedList', Default: 'a, b' } },
      Mappings: { Sizes: { prod: { memory: 1024 }, dev: { memory: 128 } } },
      Conditions: {
        IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
        IsOther: { 'Fn::And': [{ 'Fn::Not': [{ Condition: 'IsProd' }] }, { 'Fn::Or': [{ 'Fn::Equals': ['a', 'b'] }, { 'Fn::Equals': ['a', 'a'] }] }] },
      },
    };
    const expression = {
      prod: { 'Fn::If': ['IsProd', 'yes', 'no'] },
      other: { 'Fn::If': ['IsOther', 'yes', 'no'] },
      memory: { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] },
    };
    expect(value(expression, sections)).toEqual({ prod: 'no', other: 'yes', memory: 128 });
    expect(value(expression, sections, { Stage: 'prod' })).toEqual({ prod: 'yes', other: 'no', memory: 1024 });
    expect(value({ Ref: 'Zones' }, sections)).toEqual(['a', 'b']);
    expect(() => value(1, sections, { Stage: 'test' })).toThrow(/must be one of AllowedValues/);
    expect(() => value(1, sections, { Stadium: 'dev' })).toThrow(/\[Stadium\] do not exist in the template/);
    expect(() => value(1, { Parameters: { Name: { Type: 'String' } } })).toThrow(/\[Name\] must have values/);
  });

  test('imports come from the exports of other stacks', () => {
    expect(evaluateValue({ 'Fn::ImportValue': 'table' }, lookupFor({}, {}, new Map([['table', 'records']])))).toBe('records');
    expect(() => value({ 'Fn::ImportValue': 'table' })).toThrow('No export named table found.');
  });

  test.each([
    [{ 'Fn::Transform': {} }, /Fn::Transform is not available/],
    [{ 'Fn::Select': [4, ['a']] }, /nonexistent value at index 4/],
    [{ 'Fn::Join': ['-', 'text'] }, /Fn::Join needs a list/],
    [{ 'Fn::If': ['Unknown', 1, 2] }, /Unresolved condition dependency Unknown/],
    [{ 'Fn::FindInMap': ['No', 'such', 'map'] }, /Unable to get mapping for No::such::map/],
  ])('%j is an error', (expression, message) => {
    expect(() => value(expression)).toThrow(message);
  });

  test('conditions in a circle, and values nested without end, are errors', () => {
    const sections = { Conditions: { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { 'Fn::Not': [{ Condition: 'A' }] } } };
    expect(() => value({ 'Fn::If': ['A', 1, 2] }, sections)).toThrow(/Circular dependency between conditions/);
    let deep: unknown = 1;
    for (let level = 0; level < 500; level++) deep = [deep];
    expect(() => value(deep)).toThrow(/nested too deeply/);
  });
});

describe('the order of making', () => {
  const order = (resources: AwsShape, conditions: AwsShape = {}): string[] => {
    const template = readTemplate(JSON.stringify({ Resources: resources, Conditions: conditions }), {});
    const noting = (note: (id: string) => void) =>
      createStackLookup(
        REGION,
        STACK,
        template,
        {
          noting: true,
          ref: (id) => {
            note(id);
            return '';
          },
          attribute: (id) => {
            note(id);
            return '';
          },
        },
        new Map(),
      );
    return creationOrder(template, noting).map((resource) => resource.logicalId);
  };
  const of = (properties: AwsShape, more: AwsShape = {}): AwsShape => ({ Type: 'T', Properties: properties, ...more });

  test('what is referred to comes first, the rest as written', () => {
    const resources = {
      Function: of({ role: { 'Fn::GetAtt': ['Role', 'Arn'] }, first: { 'Fn::Select': [3, { 'Fn::Split': [':', { Ref: 'Queue' }] }] } }),
      Role: of({ text: { 'Fn::Sub': `${dollar('Table.Arn')}/*` } }),
      Other: of({}),
      Table: of({}),
      Queue: of({}, { DependsOn: 'Other' }),
    };
    expect(order(resources)).toEqual(['Other', 'Table', 'Role', 'Queue', 'Function']);
  });

  test('only the chosen side of a condition counts, and what is conditioned away is not made', () => {
    const conditions = { No: { 'Fn::Equals': [1, 2] } };
    const resources = { A: of({ b: { 'Fn::If': ['No', { Ref: 'B' }, 'none'] } }, { DependsOn: ['B'] }), B: of({}, { Condition: 'No' }) };
    expect(order(resources, conditions)).toEqual(['A']);
    expect(() => order({ A: of({ b: { Ref: 'B' } }), B: of({}, { Condition: 'No' }) }, conditions)).toThrow(/A \(T\): Unresolved resource dependencies \[B\]/);
  });

  test('circles and unknown names are errors that name the resources', () => {
    expect(() => order({ A: of({ x: { Ref: 'B' } }), B: of({ x: { Ref: 'A' } }), C: of({}) })).toThrow('Circular dependency between resources: [A, B]');
    expect(() => order({ A: of({ x: { Ref: 'Missing' } }) })).toThrow(
      'A (T): Unresolved resource dependencies [Missing] in the Resources block of the template',
    );
    expect(() => order({ A: of({}, { DependsOn: 'Missing' }) })).toThrow(/Missing/);
  });
});

describe('templates that cannot be read', () => {
  test.each([
    ['{', /is not JSON/],
    ['[]', /is not a JSON object/],
    ['{"Resources":{}}', /At least one Resources member/],
    ['{"Resources":{"A":{"Type":"T"}},"Transform":"AWS::Serverless-2016-10-31"}', /has a Transform/],
    ['{"Resources":{"A":{"Type":"T"}},"Resorces":{}}', /Invalid template property or properties \[Resorces\]/],
    ['{"Resources":{"A-b":{"Type":"T"}}}', /A-b: a logical id may only have letters and digits/],
    ['{"Resources":{"A":{"Typ":"T"}}}', /A: unknown resource attribute Typ/],
    ['{"Resources":{"A":{"Type":"T"}},"Outputs":{"O":{}}}', /output O: has no Value/],
  ])('%s', (text, message) => {
    expect(() => readTemplate(text, {})).toThrow(message);
  });
});

test('definition substitutions fill only the names they have', () => {
  expect(substituteDefinition(`{"a":"${dollar('Arn')}","b":"${dollar('Other')}","c":"{% $x %}"}`, { Arn: 'arn:x' })).toBe(
    `{"a":"arn:x","b":"${dollar('Other')}","c":"{% $x %}"}`,
  );
});
