import "@cloudscape-design/global-styles/index.css";
import "./console.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Start } from "./app/start.tsx";
import { applyTheme } from "./app/theme.ts";

// Before the first picture, so that nothing flashes.
applyTheme();

const root = document.querySelector("#root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <Start />
  </StrictMode>,
);
