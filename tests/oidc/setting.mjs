// A server that is told on its first line who its client is, once it has said where it listens. It
// ends with whoever started it.
import { createServer } from "node:http";
import { createInterface } from "node:readline";

export async function serve(make) {
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  console.log(issuer);
  const lines = createInterface({ input: process.stdin });
  lines.once("line", async (line) => {
    server.on("request", await make(issuer, JSON.parse(line)));
    console.log("ready");
  });
  lines.on("close", () => process.exit(0));
}
