/** The console, for who is signed in. */
import { I18nProvider } from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { queryClient } from "../api/queries.ts";
import { router } from "./routes.tsx";

export default function App() {
  // What one person read is not for the next, also where one takes the other's place at once.
  useState(() => queryClient.clear());
  useEffect(() => () => queryClient.clear(), []);
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  );
}
