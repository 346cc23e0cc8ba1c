// A certified provider. Whoever gives an e-mail address as their login is whoever has it.
import { generateKeyPairSync } from "node:crypto";
import { serve } from "./setting.mjs";

// The packages stand where .ci/run installs them, which Node does not look for by itself.
const { Provider } = await import(
  new URL("../../target/oidc/node_modules/oidc-provider/lib/index.js", import.meta.url)
);

const key = (kid, kind, options) => {
  const { privateKey } = generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: "jwk" }), kid, use: "sig" };
};

await serve(async (issuer, { redirect_uri, secret }) => {
  const client = { redirect_uris: [redirect_uri] };
  const provider = new Provider(issuer, {
    clients: [
      { ...client, client_id: "rollbook", client_secret: secret },
      {
        ...client,
        client_id: "public",
        token_endpoint_auth_method: "none",
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: {
      keys: [
        key("r", "rsa", { modulusLength: 2048 }),
        key("e", "ec", { namedCurve: "P-256" }),
      ],
    },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    pkce: { required: () => true },
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({
        sub: accountId,
        email: accountId,
        email_verified: !accountId.startsWith("unproven"),
        name: "Ada Lovelace",
      }),
    }),
  });
  return provider.callback();
});
