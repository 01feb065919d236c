// AWS::StepFunctions::StateMachine
import { documentText, lowerCamel, pick, type ResourceKind } from '../resource-kind.ts';
import { TemplateError } from '../template-error.ts';

/** Puts the values of DefinitionSubstitutions where `${Name}` stands in the definition's text. */
export function substituteDefinition(text: string, substitutions: Readonly<Record<string, unknown>>): string {
  return text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, name: string) => (Object.hasOwn(substitutions, name) ? String(substitutions[name]) : whole));
}

const STATE_MACHINE: ResourceKind = {
  service: 'states',
  required: ['RoleArn'],
  optional: [
    'Definition',
    'DefinitionString',
    'DefinitionSubstitutions',
    'StateMachineName',
    'StateMachineType',
    'LoggingConfiguration',
    'TracingConfiguration',
    'EncryptionConfiguration',
    'Tags',
  ],
  async make(properties, context) {
    const definition = (properties['DefinitionString'] ?? properties['Definition']) as unknown;
    if (definition === undefined) throw new TemplateError('has neither Definition nor DefinitionString');
    const name = String(properties['StateMachineName'] ?? context.newName(80));
    const { stateMachineArn: arn } = await context.call('states', 'CreateStateMachine', {
      name,
      definition: substituteDefinition(documentText(definition), (properties['DefinitionSubstitutions'] ?? {}) as Record<string, unknown>),
      roleArn: properties['RoleArn'],
      ...(properties['StateMachineType'] === undefined ? {} : { type: properties['StateMachineType'] }),
      ...(lowerCamel(pick(properties, ['LoggingConfiguration', 'TracingConfiguration', 'EncryptionConfiguration', 'Tags'])) as object),
    });
    return { physicalId: String(arn), attributes: { Arn: arn, Name: name } };
  },
};

export const STATE_MACHINE_KINDS: Readonly<Record<string, ResourceKind>> = { 'AWS::StepFunctions::StateMachine': STATE_MACHINE };
