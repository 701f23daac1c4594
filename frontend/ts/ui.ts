import htmx from "htmx.org";
import { openDialogs } from "./dialogs";
import { offerTrying } from "./exchange/try";
import { offerChecking } from "./exchange/verify";
import { listenForKeys } from "./keys";
import { offerReading } from "./reading";
import { keepTime } from "./time";

declare global {
  interface Window { htmx: typeof htmx; }
}
window.htmx = htmx;
openDialogs();
listenForKeys();
offerReading();
keepTime();
offerChecking();
offerTrying();
