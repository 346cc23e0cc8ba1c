// A provider that lets everybody in at once, and lies as it is told to at /lie?how=…
import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { serve } from "./setting.mjs";

const own = generateKeyPairSync("ed25519");
const other = generateKeyPairSync("ed25519");
const shown = { ...own.publicKey.export({ format: "jwk" }), kid: "own", use: "sig" };
const hidden = { ...other.publicKey.export({ format: "jwk" }), kid: "other", use: "sig" };

const base64 = (value) => Buffer.from(value).toString("base64url");

function token(how, claims) {
  const header = { alg: "EdDSA", kid: "own" };
  if (how === "none") header.alg = "none";
  if (how === "shared-secret") header.alg = "HS256";
  if (how === "unknown-key" || how === "newer-key") header.kid = "other";
  const message = `${base64(JSON.stringify(header))}.${base64(JSON.stringify(claims))}`;
  if (how === "none") return `${message}.`;
  if (how === "shared-secret") {
    return `${message}.${createHmac("sha256", shown.x).update(message).digest("base64url")}`;
  }
  const isOther = ["other-key", "unknown-key", "newer-key"].includes(how);
  const { privateKey } = isOther ? other : own;
  return `${message}.${base64(sign(null, Buffer.from(message), privateKey))}`;
}

await serve((issuer, { redirect_uri }) => {
  let how = "nothing";
  const codes = new Map();

  const claims = (nonce) => {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: how === "issuer" ? `${issuer}/other` : issuer,
      aud: how === "audience" ? "somebody" : how === "party" ? ["rollbook", "somebody"] : "rollbook",
      sub: "ada",
      nonce: how === "nonce" ? "another" : nonce,
      iat: now,
      exp: how === "expired" ? now - 3600 : now + 300,
      email: "ada@acme.example",
      email_verified: how === "unverified" ? false : how === "text" ? "true" : true,
    };
  };

  const give = (form) => {
    const begun = codes.get(form.get("code"));
    codes.delete(form.get("code"));
    const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
    const holds = begun?.challenge === challenge && form.get("redirect_uri") === redirect_uri;
    if (how === "code" || !holds) return [400, { error: "invalid_grant" }];
    if (how === "elsewhere") return [302, {}];
    if (how === "long") return [200, { id_token: "x".repeat(2 * 1024 * 1024) }];
    return [200, { id_token: token(how, claims(begun.nonce)), token_type: "Bearer" }];
  };

  return async (request, response) => {
    const url = new URL(request.url, issuer);
    const say = (status, body, headers = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(body));
    };
    if (url.pathname === "/lie") {
      how = url.searchParams.get("how");
      say(200, {});
    } else if (url.pathname === "/.well-known/openid-configuration") {
      say(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        token_endpoint_auth_methods_supported: ["client_secret_post", "none"],
      });
    } else if (url.pathname === "/keys") {
      say(200, { keys: how === "newer-key" ? [shown, hidden] : [shown] });
    } else if (url.pathname === "/authorize") {
      const code = randomBytes(16).toString("hex");
      const begun = url.searchParams;
      codes.set(code, { nonce: begun.get("nonce"), challenge: begun.get("code_challenge") });
      const back = new URL(begun.get("redirect_uri"));
      back.searchParams.set("state", begun.get("state"));
      if (how === "denied") back.searchParams.set("error", "access_denied");
      else if (how === "error") back.searchParams.set("error", "<b>server_error</b>");
      else back.searchParams.set("code", code);
      if (how === "mixed-up") back.searchParams.set("iss", "https://login.other.example");
      say(302, {}, { location: back.href });
    } else if (url.pathname === "/token") {
      let body = "";
      for await (const chunk of request) body += chunk;
      if (how === "hang") return;
      const [status, given] = give(new URLSearchParams(body));
      say(status, given, status === 302 ? { location: `${issuer}/elsewhere` } : {});
    } else {
      say(404, {});
    }
  };
});
