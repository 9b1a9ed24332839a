/** `slipway ls`: the services, one line each. */
import { Command } from "commander";
import { listServices } from "../service-reference.ts";
import { paint, paintStatus } from "../style.ts";
import { renderTable } from "../table.ts";
import { formatAgo } from "../time.ts";
import { urlMaker } from "../service-url.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

export const lsCommand: CommandFactory = (context) =>
  new Command("ls")
    .alias("list")
    .description("list the services")
    .option("--json", "print JSON: ListServices' ServiceSummaryList")
    .addHelpText("after", examples("ls", "ls --json"))
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const services = await listServices(client);
      if (options.json === true) return printJson(context, services);
      if (services.length === 0) {
        return context.io.err("No services yet. Create one: slipway deploy --image IMAGE");
      }
      const { io } = context;
      const nowMs = io.now();
      const urlOf = await urlMaker(client);
      const lines = renderTable(services, [
        { title: paint(io, "dim", "NAME"), cell: (service) => service.ServiceName ?? "" },
        { title: paint(io, "dim", "STATUS"), cell: (service) => paintStatus(io, service.Status ?? "") },
        { title: paint(io, "dim", "URL"), cell: (service) => urlOf(service.ServiceUrl) ?? "" },
        { title: paint(io, "dim", "UPDATED"), cell: (service) => formatAgo(service.UpdatedAt, nowMs) },
      ]);
      for (const line of lines) io.out(line);
    });
