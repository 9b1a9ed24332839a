/** The pages, in the order people need them. What one may not read is marked: it says so itself, and who can change that. */
import Icon from "@cloudscape-design/components/icon";
import SideNavigation, { type SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import { useLocation } from "@tanstack/react-router";
import { useDenied } from "../api/permissions.ts";
import type { Action } from "../api/wire.ts";
import { permissions, shell } from "../texts.ts";

const { pages, sections } = shell;

/** Its name, its address, and what reads it. */
type PageLink = readonly [name: string, href: string, needs: Action];

const SERVICES: PageLink = [pages.services, "#/services", "slipway:ListServiceOverviews"];
const SECTIONS: readonly (readonly [title: string, links: readonly PageLink[]])[] = [
  [
    sections.sources,
    [
      [pages.connections, "#/connections", "apprunner:ListConnections"],
      [pages.repositories, "#/repositories", "slipway:ListRepositories"],
    ],
  ],
  [
    sections.configuration,
    [
      [pages.autoScaling, "#/auto-scaling", "apprunner:ListAutoScalingConfigurations"],
      [pages.observability, "#/observability", "apprunner:ListObservabilityConfigurations"],
      [pages.networking, "#/networking", "apprunner:ListVpcConnectors"],
      [pages.certificates, "#/certificates", "slipway:ListCertificates"],
    ],
  ],
  [
    sections.security,
    [
      [pages.secrets, "#/secrets", "secretsmanager:ListSecrets"],
      [pages.parameters, "#/parameters", "ssm:DescribeParameters"],
      [pages.keys, "#/keys", "slipway:ListEncryptionKeys"],
      [pages.users, "#/users", "iam:ListUsers"],
      [pages.roles, "#/roles", "iam:ListRoles"],
      [pages.policies, "#/policies", "iam:ListPolicies"],
      [pages.policyTester, "#/policy-tester", "iam:SimulatePrincipalPolicy"],
      [pages.audit, "#/audit", "slipway:LookupEvents"],
    ],
  ],
  [
    sections.operations,
    [
      [pages.events, "#/events", "slipway:ListEvents"],
      [pages.alarms, "#/alarms", "cloudwatch:DescribeAlarms"],
      [pages.usage, "#/usage", "slipway:GetUsage"],
      [pages.nodes, "#/nodes", "slipway:GetStatus"],
      [pages.health, "#/health", "slipway:GetStatus"],
    ],
  ],
];
/** These are about some things: who may read one of them finds it there. */
const OF_SOME = ["iam:SimulatePrincipalPolicy", "cloudwatch:DescribeAlarms", "slipway:GetUsage"] as const;
const OF_ALL = [SERVICES, ...SECTIONS.flatMap(([, links]) => links)]
  .map(([, , needs]) => needs)
  .filter((needs) => !OF_SOME.some((one) => one === needs));

export function Navigation({ onFollow }: { readonly onFollow: () => void }) {
  const first = useLocation({ select: ({ pathname }) => pathname.split("/")[1] });
  const [denied, deniedOfSome] = [useDenied(OF_ALL, "*"), useDenied<Action>(OF_SOME)];
  const toLink = ([text, href, needs]: PageLink): SideNavigationProps.Link => ({
    type: "link",
    text,
    href,
    ...(denied.has(needs) || deniedOfSome.has(needs) ? { info: LOCK } : {}),
  });
  return (
    <SideNavigation
      header={{ text: shell.product, href: "#/services" }}
      activeHref={`#/${first}`}
      items={[
        toLink(SERVICES),
        ...SECTIONS.map(([text, links]) => ({ type: "section" as const, text, items: links.map(toLink) })),
      ]}
      onFollow={onFollow}
    />
  );
}

const LOCK = <Icon name="lock-private" size="small" variant="subtle" ariaLabel={permissions.unreadable} />;
