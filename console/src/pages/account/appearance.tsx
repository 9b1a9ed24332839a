import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { useState } from "react";
import { chooseTheme, chosenTheme, type Theme } from "../../app/theme.ts";
import { account, shell } from "../../texts.ts";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function Appearance() {
  const [theme, setTheme] = useState(chosenTheme);
  const choose = (value: string) => {
    const chosen = THEMES.find((one) => one === value) ?? "system";
    chooseTheme(chosen);
    setTheme(chosen);
  };
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" description={account.appearanceHint}>
          {account.appearance}
        </Header>
      }
    >
      <RadioGroup
        ariaLabel={account.appearance}
        value={theme}
        onChange={({ detail }) => choose(detail.value)}
        items={THEMES.map((value) => ({ value, label: shell.themes[value] }))}
      />
    </Container>
  );
}
