/** The “read to me” button: reads every `data-read` part aloud in page order; a second press stops. */
export function offerReading(): void {
  const button = document.querySelector<HTMLButtonElement>("button[data-read-aloud]");
  if (!button) return;
  if (!("speechSynthesis" in window)) {
    button.hidden = true;
    return;
  }
  button.addEventListener("click", () => {
    const wasReading = speechSynthesis.speaking;
    speechSynthesis.cancel();
    button.setAttribute("aria-pressed", String(!wasReading));
    if (!wasReading) readParts(button);
  });
}

function readParts(button: HTMLButtonElement): void {
  const parts = [...document.querySelectorAll<HTMLElement>("[data-read]")];
  for (const [index, part] of parts.entries()) {
    const speech = new SpeechSynthesisUtterance(part.innerText);
    speech.lang = document.documentElement.lang === "en" ? "en" : "zh-CN";
    speech.rate = 0.85;
    speech.onstart = () => part.setAttribute("data-reading", "");
    speech.onend = () => {
      part.removeAttribute("data-reading");
      if (index === parts.length - 1) button.setAttribute("aria-pressed", "false");
    };
    speechSynthesis.speak(speech);
  }
}
