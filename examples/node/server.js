import express from "express";

const port = Number(process.env.PORT ?? 8080);
const app = express();

app.get("/", (request, response) => {
  response.type("text").send(`Hello from Node.js ${process.versions.node}\n`);
});
app.get("/health", (request, response) => {
  response.type("text").send("ok\n");
});

const server = app.listen(port, () => console.log(`listening on port ${port}`));

// What is under way is answered; new connections go elsewhere.
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
