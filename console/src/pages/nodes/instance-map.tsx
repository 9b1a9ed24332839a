/**
 * The instances of a machine as cells, by service: its colour says what each does, a pointer or the keyboard tells the rest. One cell
 * takes the tab key; arrows lead to the others.
 */
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import { type KeyboardEvent, useRef, useState } from "react";
import { ageText } from "../../parts/duration.ts";
import { useNow } from "../../parts/now.ts";
import { activity as activityTexts, nodes as texts, shared } from "../../texts.ts";
import { byService, cellAfter, lookOf, looksOf, type NodeInstance } from "./node-services.ts";
import "./instance-map.css";

const ID_SHOWN = 12;
const MS = 1_000;
const AGE_STEP_MS = 5_000;

export function InstanceMap({ instances }: { readonly instances: readonly NodeInstance[] }) {
  const nowMs = useNow(AGE_STEP_MS);
  const [chosen, setChosen] = useState<string | null>(null);
  const map = useRef<HTMLDivElement>(null);
  const services = byService(instances);
  const order = services.flatMap((service) => service.instances.map(({ InstanceId: id }) => id));
  const told = instances.find(({ InstanceId: id }) => id === chosen);
  const entrance = told === undefined ? order[0] : chosen;
  const say = (one: NodeInstance) => {
    const age = shared.ago(ageText(Math.max(0, nowMs - one.CreatedAt * MS)));
    return texts.cell(one, activityTexts.states[one.State], age);
  };
  const move = (event: KeyboardEvent) => {
    const next = cellAfter(event.key, { at: order.indexOf(entrance ?? ""), count: order.length });
    if (next === null) return;
    event.preventDefault();
    map.current?.querySelectorAll<HTMLElement>("a.node-cell")[next]?.focus();
  };
  if (instances.length === 0) return <Box color="text-body-secondary">{texts.noInstancesHint}</Box>;
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- arrows move between the links in it
    <div ref={map} onKeyDown={move}>
      <ul className="node-legend">
        {looksOf(instances).map(([look, count]) => (
          <li key={look}>
            <span aria-hidden className={`node-cell node-cell-${look}`} /> {texts.looks[look](count)}
          </li>
        ))}
      </ul>
      <ul className="node-services">
        {services.map(({ id, name, instances: some }) => (
          <li key={id}>
            <Link href={`#/services/${id}/instances`} fontSize="body-s">
              {name}
            </Link>
            <div className="node-cells">
              {some.map((one) => (
                <a
                  key={one.InstanceId}
                  className={`node-cell node-cell-${lookOf(one)}`}
                  href={`#/services/${id}/logs?log=application&part=${one.InstanceId}`}
                  aria-label={say(one)}
                  tabIndex={one.InstanceId === entrance ? 0 : -1}
                  onFocus={() => setChosen(one.InstanceId)}
                  onPointerEnter={() => setChosen(one.InstanceId)}
                />
              ))}
            </div>
          </li>
        ))}
      </ul>
      <div className="node-told">
        {told === undefined ? (
          <Box color="text-body-secondary">{texts.pointAt}</Box>
        ) : (
          <>
            <Box variant="code">{told.InstanceId.slice(0, ID_SHOWN)}</Box> {say(told)}
          </>
        )}
      </div>
    </div>
  );
}
