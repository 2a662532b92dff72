// The whole job of an ERP, with types generated from the contract and openapi-fetch.
//
// A token, a declaration, its fee, its release, and a webhook that tells of it and is verified.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import createClient from "openapi-fetch";
import { Webhook } from "standardwebhooks";
import type { components, paths } from "./anyport.js";

type Declaration = components["schemas"]["DeclarationContent"];
interface Heard { headers: IncomingHttpHeaders; body: string }
interface Told { type: string; data: { id: string } }

const env = (name: string): string => {
  const value = process.env[name];
  assert(value, `${name} is not set`);
  return value;
};
const url = env("ANYPORT_URL").replace(/\/$/, "");

/** The answer's body, or an error that says what was wrong. */
function must<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

/** Asks again, as long as the answer may still change. */
async function until<T>(look: () => Promise<T>, isThere: (found: T) => boolean): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (isThere(found)) return found;
    assert(Date.now() < end, `still ${JSON.stringify(found)}`);
    await pause(200);
  }
}

/** Client credentials of OAuth2, as `client_secret_basic`. */
async function token(): Promise<string> {
  const pair = Buffer.from(`${env("ANYPORT_CLIENT_ID")}:${env("ANYPORT_CLIENT_SECRET")}`);
  const anonymous = createClient<paths>({ baseUrl: url });
  const answer = await anonymous.POST("/oauth2/token", {
    body: { grant_type: "client_credentials" },
    bodySerializer: (body) => new URLSearchParams(body as Record<string, string>),
    headers: {
      Authorization: `Basic ${pair.toString("base64")}`,
      "Content-Type": "application/x-www-form-urlencoded",
    },
  });
  return must(answer).access_token;
}

/** What an ERP has behind its webhook address: it answers the challenge and keeps what comes. */
async function receive(heard: Heard[]): Promise<{ address: string; close: () => void }> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const event = JSON.parse(body);
    const isChallenge = event.type === "webhook.challenge";
    if (!isChallenge) heard.push({ headers: request.headers, body });
    response.setHeader("content-type", "application/json");
    response.end(isChallenge ? JSON.stringify({ challenge: event.data.challenge }) : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/anyport`, close: () => server.close() };
}

const bearer = await token();
const anyport = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${bearer}` } });

const heard: Heard[] = [];
const receiver = await receive(heard);
const issued = must(await anyport.POST("/v1/webhook-endpoints", { body: { url: receiver.address } }));
assert(issued.secret, "the secret is shown once");
const byEndpoint = { params: { path: { id: issued.endpoint.id } } };
must(await anyport.POST("/v1/webhook-endpoints/{id}/challenge", byEndpoint));
await until(
  async () => must(await anyport.GET("/v1/webhook-endpoints/{id}", byEndpoint)),
  (endpoint) => endpoint.state === "ACTIVE",
);

const content = JSON.parse(readFileSync(env("ANYPORT_DECLARATION"), "utf8")) as Declaration;
const receipt = must(await anyport.POST("/v1/declarations", { body: content }));
const again = must(await anyport.POST("/v1/declarations", { body: content }));
assert.equal(again.id, receipt.id, "the same declaration has one receipt");
console.log("filed", receipt.decl_no, receipt.status);

if (receipt.fee_notice) {
  const notice = { params: { path: { id: receipt.fee_notice.id } } };
  must(await anyport.POST("/v1/fee-notices/{id}/pay", notice));
  const paid = await until(
    async () => must(await anyport.GET("/v1/fee-notices/{id}", notice)),
    (notice) => notice.state === "PAID",
  );
  console.log("paid", paid.lines[0]?.charged.amount, paid.lines[0]?.charged.currency);
}

/** In test mode alone: whoever has the case does what is theirs to do. How far it came. */
async function playOfficers(): Promise<string> {
  const played = await fetch(`${url}/v1/test/declarations/${receipt.id}/play`, {
    method: "POST",
    headers: { Authorization: `Bearer ${bearer}` },
  });
  assert(played.ok, await played.clone().text());
  return ((await played.json()) as { status: string }).status;
}

await until(playOfficers, (status) => ["RELEASED", "CLOSED"].includes(status));
const declaration = { params: { path: { id: receipt.id } } };
const released = must(await anyport.GET("/v1/declarations/{id}", declaration));
console.log("released", released.released_at);

const webhook = new Webhook(issued.secret);
const told = new Set<string>();
await until(
  async () => {
    for (const { headers, body } of heard.splice(0)) {
      const event = webhook.verify(body, headers as Record<string, string>) as Told;
      if (event.data.id === receipt.id) told.add(event.type);
    }
    return told;
  },
  (told) => told.has("declaration.released"),
);
console.log("told of", [...told].sort().join(", "));
receiver.close();
