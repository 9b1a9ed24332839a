const { createServer } = require("node:http");

const port = Number(process.env.PORT ?? 3000);
const answers = { "/": `Hello from a Dockerfile, Node.js ${process.versions.node}\n`, "/health": "ok\n" };

const server = createServer((request, response) => {
  const body = answers[request.url] ?? "Not found\n";
  response.writeHead(request.url in answers ? 200 : 404, { "content-type": "text/plain; charset=utf-8" });
  response.end(body);
});

server.listen(port, () => console.log(`listening on port ${port}`));

process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
