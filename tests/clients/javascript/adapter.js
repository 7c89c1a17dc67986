// Both packages behind one face: an operation and its parameters go in, an answer or a `Failed` comes out.

import {createRequire} from "node:module";
import * as legacy from "@aws-sdk/client-chime";
import * as meetings from "@aws-sdk/client-chime-sdk-meetings";
import {KEYS} from "./mock.js";

const read = createRequire(import.meta.url);
const PACKAGES = {
  meetings: {module: meetings, Client: meetings.ChimeSDKMeetingsClient, name: "@aws-sdk/client-chime-sdk-meetings"},
  legacy: {module: legacy, Client: legacy.ChimeClient, name: "@aws-sdk/client-chime"},
};

/** The service refused. `modelled` says whether the error is of the package's own class of that name. */
export class Failed extends Error {
  constructor(error, module) {
    super(`${error.name}: ${error.message}`, {cause: error});
    this.code = error.name;
    this.status = error.$metadata?.httpStatusCode;
    this.attempts = error.$metadata?.attempts;
    this.modelled = module[error.name] !== undefined && error instanceof module[error.name];
  }
}

/** A client of one namespace. */
export function open(mock, namespace, settings = {}) {
  const {module, Client, name} = PACKAGES[namespace];
  const basics = {endpoint: mock.url(namespace), region: "us-east-1", credentials: KEYS, maxAttempts: 1};
  const client = new Client({...basics, ...settings});
  return {
    name: `JavaScript ${read(`${name}/package.json`).version}`,
    client,
    async call(operation, parameters) {
      try {
        const {$metadata, ...answer} = await client.send(new module[`${operation}Command`](parameters));
        return {answer, status: $metadata.httpStatusCode, attempts: $metadata.attempts};
      } catch (error) {
        throw new Failed(error, module);
      }
    },
  };
}

export const NAMESPACES = Object.keys(PACKAGES);
