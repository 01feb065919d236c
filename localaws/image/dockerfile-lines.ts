// The text of a Dockerfile as a list of instructions, and the small languages inside them: JSON forms and KEY=value pairs.
import { ImageError } from './image.ts';

const INSTRUCTIONS_MAX = 200;

export interface Instruction {
  /** First line of the instruction, counted from 1. */
  readonly line: number;
  readonly keyword: string;
  readonly rest: string;
}

export function dockerfileError(instruction: Instruction, text: string): ImageError {
  return new ImageError(`Dockerfile line ${instruction.line}: ${text}`);
}

/** Joins continued lines and drops comments. */
export function readInstructions(text: string): Instruction[] {
  const instructions: Instruction[] = [];
  let pending: { line: number; text: string } | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const trimmed = raw.trim();
    // Comments and blank lines inside a continued instruction are skipped, as docker does.
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const line = pending?.line ?? index + 1;
    const continues = trimmed.endsWith('\\');
    const joined = `${pending === undefined ? '' : `${pending.text} `}${continues ? trimmed.slice(0, -1).trim() : trimmed}`;
    pending = { line, text: joined };
    if (continues) continue;
    instructions.push(instructionOf(pending.line, pending.text));
    pending = undefined;
    if (instructions.length > INSTRUCTIONS_MAX) throw new ImageError(`Dockerfile has more than ${INSTRUCTIONS_MAX} instructions`);
  }
  if (pending !== undefined) instructions.push(instructionOf(pending.line, pending.text));
  return instructions;
}

function instructionOf(line: number, text: string): Instruction {
  const space = text.search(/\s/);
  const keyword = (space < 0 ? text : text.slice(0, space)).toUpperCase();
  return { line, keyword, rest: space < 0 ? '' : text.slice(space + 1).trim() };
}

/** The JSON form of CMD and ENTRYPOINT. The shell form needs a shell in the image, which is not built here. */
export function jsonForm(instruction: Instruction): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(instruction.rest);
  } catch {
    parsed = undefined;
  }
  if (!Array.isArray(parsed) || parsed.length === 0 || parsed.some((word) => typeof word !== 'string')) {
    throw dockerfileError(instruction, `${instruction.keyword} must be in JSON form, like ${instruction.keyword} ["node", "server.mjs"]`);
  }
  return parsed as string[];
}

/** `KEY=value KEY2="two words"`, and the old `KEY value` for ENV. */
export function pairs(instruction: Instruction): [string, string][] {
  const { rest } = instruction;
  const words = splitWords(instruction);
  if (words.every((word) => word.includes('=')) && words.length > 0) {
    return words.map((word) => {
      const equals = word.indexOf('=');
      if (equals === 0) throw dockerfileError(instruction, `${instruction.keyword} has a value without a name`);
      return [word.slice(0, equals), word.slice(equals + 1)];
    });
  }
  const old = /^([^\s=]+)\s+(.+)$/.exec(rest);
  if (instruction.keyword === 'ENV' && old?.[1] !== undefined && old[2] !== undefined) return [[old[1], old[2]]];
  throw dockerfileError(instruction, `${instruction.keyword} must be like ${instruction.keyword} NAME=value`);
}

/** Splits at blanks outside quotes; quotes and backslashes are resolved. */
export function splitWords(instruction: Instruction): string[] {
  const words: string[] = [];
  let word = '';
  let quote: string | undefined;
  let started = false;
  const text = instruction.rest;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (character === '\\' && quote !== "'" && index + 1 < text.length) {
      index++;
      word += text[index] ?? '';
      started = true;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      started = true;
    } else if (/\s/.test(character)) {
      if (started) words.push(word);
      word = '';
      started = false;
    } else {
      word += character;
      started = true;
    }
  }
  if (quote !== undefined) throw dockerfileError(instruction, `a ${quote} is not closed`);
  if (started) words.push(word);
  return words;
}
