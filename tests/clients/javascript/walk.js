// The walks of ../walks: steps that any client can take, and what each has to come to.

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {Failed} from "./adapter.js";

export const read = (name) => JSON.parse(readFileSync(new URL(`../walks/${name}.json`, import.meta.url), "utf8"));

/** Puts what was kept in place of `$name`, and repeats what is to be repeated. */
export function fill(value, kept) {
  if (typeof value === "string") return value.replace(/\$(\w+)/g, (_, name) => kept[name]);
  if (Array.isArray(value)) return value.map((item) => fill(item, kept));
  if (value === null || typeof value !== "object") return value;
  if (value.times) {
    const item = JSON.stringify(value.item);
    return Array.from({length: value.times}, (_, number) => JSON.parse(item.replaceAll("%", number)));
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, kept)]));
}

/** `A.*.B` is the list of every B below A; what is absent is null. */
function look(answer, path) {
  if (path.length === 0 || answer == null) return answer ?? null;
  const [head, ...rest] = path;
  return head === "*" ? answer.map((item) => look(item, rest)) : look(answer[head], rest);
}

/** An error without a class goes by the short code of the body in older versions. */
const long = (code) => (code.endsWith("Exception") ? code : `${code}Exception`);

/** One step; fails the test where it comes to something else. */
export async function take(client, step, kept) {
  const parameters = fill(step.with, kept);
  const where = `${step.call} ${JSON.stringify(parameters)}`;
  let reply;
  try {
    reply = await client.call(step.call, parameters);
  } catch (failed) {
    if (!(failed instanceof Failed)) throw failed;
    assert.deepEqual([long(failed.code), failed.status], [step.fails, step.status], where);
    // No client has a class for an operation that the service does not know.
    assert.equal(failed.modelled, step.fails !== "UnknownOperationException", where);
    return;
  }
  assert.equal(step.fails, undefined, `${where} should have failed`);
  assert.equal(reply.status, step.status, where);
  for (const [path, expected] of Object.entries(step.expect ?? {})) {
    assert.deepEqual(look(reply.answer, path.split(".")), fill(expected, kept), `${where}: ${path}`);
  }
  for (const [name, path] of Object.entries(step.keep ?? {})) {
    kept[name] = look(reply.answer, path.split("."));
    assert.ok(kept[name], `${where}: ${path}`);
  }
}
