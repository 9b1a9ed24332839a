/**
 * Every page and its address. Addresses stand after `#`, as App Runner's do: then the console works behind any path without
 * knowing it. Each page is a chunk of its own.
 */
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { loadPart } from "./load-part.ts";
import { NotFoundPage, PageError, PagePending } from "./page-states.tsx";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });

/** A page exports its component as default. */
type PageModule = { readonly default: () => React.ReactNode };

function page<Path extends string>(path: Path, load: () => Promise<PageModule>) {
  return createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(loadPart(load)) });
}

function moved<Path extends string>(path: Path, to: string) {
  return createRoute({
    getParentRoute: () => root,
    path,
    beforeLoad: () => {
      throw redirect({ href: to, replace: true });
    },
  });
}

const routeTree = root.addChildren([
  moved("/", "/services"),
  page("/services", () => import("../pages/services/services-page.tsx")),
  page("/services/create", () => import("../pages/create/create-page.tsx")),
  page("/services/$serviceId", () => import("../pages/service/service-page.tsx")),
  page("/services/$serviceId/$tab", () => import("../pages/service/service-page.tsx")),
  page("/connections", () => import("../pages/connections/connections-page.tsx")),
  page("/repositories", () => import("../pages/repositories/repositories-page.tsx")),
  page("/auto-scaling", () => import("../pages/auto-scaling/auto-scaling-page.tsx")),
  page("/observability", () => import("../pages/observability/observability-page.tsx")),
  page("/networking", () => import("../pages/networking/networking-page.tsx")),
  page("/secrets", () => import("../pages/secrets/secrets-page.tsx")),
  page("/secrets/$secretName", () => import("../pages/secrets/secret-page.tsx")),
  page("/parameters", () => import("../pages/secrets/parameters-page.tsx")),
  page("/parameters/$parameterName", () => import("../pages/secrets/parameter-page.tsx")),
  page("/certificates", () => import("../pages/certificates/certificates-page.tsx")),
  page("/keys", () => import("../pages/keys/keys-page.tsx")),
  page("/keys/$keyId", () => import("../pages/keys/key-page.tsx")),
  page("/users", () => import("../pages/identity/users-page.tsx")),
  page("/users/$userName", () => import("../pages/identity/user-page.tsx")),
  page("/roles", () => import("../pages/identity/roles-page.tsx")),
  page("/roles/$roleName", () => import("../pages/identity/role-page.tsx")),
  page("/policies", () => import("../pages/identity/policies-page.tsx")),
  page("/policies/$policyArn", () => import("../pages/identity/policy-page.tsx")),
  page("/policy-tester", () => import("../pages/identity/policy-tester-page.tsx")),
  page("/events", () => import("../pages/events/events-page.tsx")),
  page("/alarms", () => import("../pages/alarms/alarms-page.tsx")),
  page("/audit", () => import("../pages/audit/audit-page.tsx")),
  page("/usage", () => import("../pages/usage/usage-page.tsx")),
  page("/nodes", () => import("../pages/nodes/nodes-page.tsx")),
  page("/health", () => import("../pages/health/health-page.tsx")),
  page("/account", () => import("../pages/account/account-page.tsx")),
]);

export const router = createRouter({
  routeTree,
  history: createHashHistory(),
  defaultPreload: "intent",
  defaultPendingComponent: PagePending,
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: NotFoundPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
