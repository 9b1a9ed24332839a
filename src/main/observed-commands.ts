/** ServiceCommands that tell of what may change how a service's names are treated: a new service, changed tags. */
import type { ServiceCommands } from "../ports/service-commands.ts";

export function observedCommands(
  commands: ServiceCommands,
  onChange: (serviceId: string) => void,
): ServiceCommands {
  return {
    async create(request) {
      const accepted = await commands.create(request);
      onChange(accepted.service.id);
      return accepted;
    },
    reconsider(serviceId) {
      commands.reconsider(serviceId);
      onChange(serviceId);
    },
    update: (serviceId, change, ifUpdatedAtMs) => commands.update(serviceId, change, ifUpdatedAtMs),
    startDeployment: (serviceId, trigger) => commands.startDeployment(serviceId, trigger),
    rollBack: (serviceId, releaseNumber) => commands.rollBack(serviceId, releaseNumber),
    releaseToReturnTo: (serviceId, releaseNumber) => commands.releaseToReturnTo(serviceId, releaseNumber),
    cancel: (serviceId, operationId) => commands.cancel(serviceId, operationId),
    pause: (serviceId) => commands.pause(serviceId),
    resume: (serviceId) => commands.resume(serviceId),
    delete: (serviceId) => commands.delete(serviceId),
  };
}
