// The manifest's section about people who approve a deployment before its production traffic. Put together in manifest.ts; the rules
// themselves are in core/approval.
import { APPROVAL_MINUTES_MAX, APPROVALS_REQUIRED_MAX } from '#core/approval/approval.ts';
import { distinctList, section, text, wholeNumber, word } from './manifest-fields.ts';

const APPROVERS_MAX = 50;

/** Source: IAM, ARNs of users and roles; STS, ARNs of assumed roles. A `*` stands for any text. */
const approver = text(
  /^arn:aws[a-z-]*:(?:iam|sts)::(?:[0-9]{12}|\*):[A-Za-z0-9+=,.@_/*-]+$/,
  512,
  'the ARN of an IAM user, role or assumed role, * for any text',
  {
    description: 'Who may approve, as `aws sts get-caller-identity` names them.',
    examples: ['arn:aws:sts::111122223333:assumed-role/release-managers/*', 'arn:aws:iam::111122223333:user/ann'],
  },
);

export const approval = section(
  {
    required: wholeNumber(1, APPROVALS_REQUIRED_MAX, 'How many different people must approve.').default(1),
    approvers: distinctList(approver, 0, APPROVERS_MAX, 'Who may. Empty: everybody who may ask the operation approve-deployment.').default([]),
    timeoutMinutes: wholeNumber(1, APPROVAL_MINUTES_MAX, 'How long they are waited for, minutes; 14 days at most.').default(1_440),
    onTimeout: word(
      ['rollBack', 'goOn'],
      'What happens when that time is over without enough approvals. rollBack: it ends, green never served; goOn: it goes on.',
    ).default('rollBack'),
  },
  'People who must approve a deployment before it gets production traffic. With ecs green is up and on the test rule while it waits, with codedeploy it is not started yet.',
).superRefine(({ required, approvers }, context) => {
  const isOpen = approvers.length === 0 || approvers.some((arn) => arn.includes('*'));
  if (isOpen || required <= approvers.length) return;
  context.addIssue({ code: 'custom', path: ['required'], message: `must be at most ${approvers.length}, the number of approvers` });
});
