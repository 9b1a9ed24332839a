/** Usage also tells of builds, automatic deployments and the bytes of answers. What was written before had none that is known. */
import type { Migration } from "../migration-step.ts";

const AMOUNTS = ["build_ms", "automatic_deployment_ms", "egress_bytes"];

export const usageOfBuildsAndTraffic: Migration = {
  number: 8,
  name: "usage of builds and traffic",
  async up(trx, { whole }) {
    for (const table of ["usage_hours", "usage_days"]) {
      for (const amount of AMOUNTS) {
        await trx.schema
          .alterTable(table)
          .addColumn(amount, whole, (column) => column.notNull().defaultTo(0))
          .execute();
      }
    }
  },
};
