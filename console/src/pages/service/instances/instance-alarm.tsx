/** Makes an alarm for one instance, and leads to it. */
import { AlarmForm } from "../../alarms/alarm-form.tsx";
import { instanceAlarm } from "../../alarms/alarm-data.ts";
import type { Service } from "../service-tab.ts";

interface InstanceAlarmProps {
  readonly service: Service;
  readonly instanceId: string;
  readonly onClose: () => void;
}

export default function InstanceAlarm({ service, instanceId, onClose }: InstanceAlarmProps) {
  const { ServiceName: name, ServiceId: id } = service;
  return (
    <AlarmForm
      alarm={null}
      beginning={instanceAlarm({ name, id }, instanceId)}
      onClose={onClose}
      onSaved={(saved) => {
        window.location.hash = `#/alarms?${new URLSearchParams({ alarm: saved })}`;
      }}
    />
  );
}
