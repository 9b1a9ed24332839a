/** What happened, and the destinations that are told of it. */
import Tabs from "@cloudscape-design/components/tabs";
import { Page } from "../../app/page.tsx";
import { eventTexts } from "../../texts.ts";
import { Destinations } from "./destinations.tsx";
import { EventList } from "./event-list.tsx";

export default function EventsPage() {
  return (
    <Page title={eventTexts.title} description={eventTexts.description}>
      <Tabs
        ariaLabel={eventTexts.title}
        tabs={[
          { id: "events", label: eventTexts.happened, content: <EventList /> },
          { id: "destinations", label: eventTexts.destinations, content: <Destinations /> },
        ]}
      />
    </Page>
  );
}
