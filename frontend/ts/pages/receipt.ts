/** The receipt goes to the printer that stands on the counter. */
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
