// What a person may ask: each button opens a dialog that says what will happen and wants a reason, for the record.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Action, Control } from '../view/controls.ts';
import { lookAgain } from './live.ts';

interface ControlsProps {
  readonly serviceKey: string;
  readonly deploymentId: string;
  readonly seen: number;
  readonly controls: readonly Control[];
}

interface Answer {
  readonly done: boolean;
  readonly text: string;
  readonly ticket?: string;
}

/** Longest reason the operations take, characters: OPERATOR_REASON_LENGTH_MAX. */
const REASON_LENGTH_MAX = 500;
/** How long an answer stays: the timeline has it for good. */
const TOLD_MILLISECONDS = 20_000;
const previewed: ReadonlySet<Action> = new Set<Action>(['rollback', 'retry']);

export function Controls({ serviceKey, deploymentId, seen, controls }: ControlsProps) {
  const [asked, setAsked] = useState<{ readonly control: Control; readonly seen: number }>();
  const [told, setTold] = useState<string>();
  useEffect(() => {
    if (told === undefined) return;
    const timer = setTimeout(() => setTold(undefined), TOLD_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [told]);
  return (
    <>
      {controls.length > 0 && (
        <div class="controls">
          {controls.map((control) => (
            <button
              key={control.action}
              type="button"
              class={control.isGrave ? 'grave' : control.action === 'approve' || control.action === 'resume' ? 'main' : undefined}
              aria-disabled={control.refusal !== undefined}
              title={control.refusal ?? control.consequence}
              onClick={() => {
                setTold(control.refusal === undefined ? undefined : `${control.label}: ${control.refusal}.`);
                if (control.refusal === undefined) setAsked({ control, seen });
              }}
            >
              {control.label}
            </button>
          ))}
        </div>
      )}
      <p class="told" role="status">
        {told}
      </p>
      {asked !== undefined && (
        <Confirmation
          key={asked.control.action}
          control={asked.control}
          request={{ action: asked.control.action, serviceKey, deploymentId, seen: asked.seen }}
          onEnd={(text) => {
            setAsked(undefined);
            setTold(text);
          }}
        />
      )}
    </>
  );
}

interface ConfirmationProps {
  readonly control: Control;
  readonly request: { readonly action: Action; readonly serviceKey: string; readonly deploymentId: string; readonly seen: number };
  readonly onEnd: (text: string | undefined) => void;
}

function Confirmation({ control, request, onEnd }: ConfirmationProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [isAsking, setAsking] = useState(false);
  const [refused, setRefused] = useState<string>();
  const [plan, setPlan] = useState<Answer>();
  useEffect(() => {
    dialog.current?.showModal();
    if (previewed.has(control.action)) void send({ ...request, seen: undefined, reason: 'preview', preview: true }).then(setPlan);
  }, []);
  const confirm = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isAsking) return;
    setAsking(true);
    const isPause = control.action === 'pause' || control.action === 'resume';
    const answer = await send({ ...request, seen: isPause ? request.seen : undefined, reason, ...(plan?.ticket === undefined ? {} : { ticket: plan.ticket }) });
    setAsking(false);
    lookAgain();
    if (answer.done) onEnd(`${answer.text}.`);
    else setRefused(answer.text);
  };
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={() => onEnd(undefined)}>
      <form onSubmit={(event) => void confirm(event)}>
        <h2 id="dialog-title">
          {control.label} {request.serviceKey}?
        </h2>
        <p>{control.consequence}</p>
        {plan !== undefined && <p class={plan.done ? 'plan' : 'refused'}>{plan.text}</p>}
        <label for="reason">Why, for the record</label>
        <textarea id="reason" required rows={2} maxLength={REASON_LENGTH_MAX} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        {refused !== undefined && (
          <p class="refused" role="alert">
            {refused}
          </p>
        )}
        <div class="dialog-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class={control.isGrave ? 'grave' : 'main'} disabled={reason.trim() === '' || isAsking}>
            {isAsking ? 'Asking …' : control.label}
          </button>
        </div>
      </form>
    </dialog>
  );
}

async function send(body: object): Promise<Answer> {
  try {
    const response = await fetch('/api/actions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const answer = (await response.json()) as Answer | { readonly problem: string };
    return 'problem' in answer ? { done: false, text: answer.problem } : answer;
  } catch {
    return { done: false, text: 'the server of this page does not answer; whether it was asked is not known: look at the timeline' };
  }
}
