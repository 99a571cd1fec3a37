/** A style sheet that is made by the script: nothing is written into the page, which strict policies refuse. */
export function styleSheet(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(TEXT);
  return sheet;
}

const TEXT = `
:host { position: absolute; inset: 0; display: block; pointer-events: none; overflow: hidden; border: 0; padding: 0; margin: 0;
  background: none; width: auto; height: auto; color: #fff; container-type: size;
  font: 14px/1.35 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; --accent: var(--kinoscope-accent, #ffc34d); }
:host(:popover-open) { position: fixed; width: 100vw; height: 100vh; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button { font: inherit; color: inherit; cursor: pointer; }
.box { position: absolute; padding: 0; border: 2px solid rgb(255 255 255 / 85%); border-radius: 6px; background: none;
  box-shadow: 0 0 0 1px rgb(0 0 0 / 55%), inset 0 0 0 1px rgb(0 0 0 / 35%); pointer-events: none; cursor: default; }
.box.named { border-color: var(--accent); }
.box[data-by=body], .box[data-by=scene] { border-style: dashed; }
:host([interactive]) .box { pointer-events: auto; cursor: pointer; }
.box:focus-visible { outline: 3px solid #fff; outline-offset: 2px; }
.box span { position: absolute; left: 50%; top: calc(100% + 5px); translate: -50% 0; max-width: 16em; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; padding: 1px 8px; border-radius: 5px; background: rgb(12 13 16 / 88%);
  color: #fff; font-weight: 600; font-size: 13px; }
.box.named span { background: var(--accent); color: #17130a; }
.box.above span { top: auto; bottom: calc(100% + 5px); }
.box.first span { left: -2px; translate: none; }
.box.last span { left: auto; right: -2px; translate: none; }
.panel { position: absolute; left: 0; top: 0; bottom: 0; width: min(320px, 44%); overflow: auto; padding: 20px 18px 72px 24px;
  pointer-events: auto; background: linear-gradient(to right, rgb(8 9 11 / 92%) 70%, rgb(8 9 11 / 55%) 92%, transparent); }
.panel h2 { font-size: 13px; font-weight: 600; letter-spacing: .02em; color: #cfd1d6; margin: 18px 0 8px; }
.panel h2:first-of-type { margin-top: 0; }
.panel ul { list-style: none; margin: 0; padding: 0; }
.panel li { display: flex; gap: 12px; align-items: center; padding: 6px 0; }
.face { width: 52px; height: 52px; border-radius: 8px; object-fit: cover; background: #2a2d34; flex: none; }
.small .face { width: 36px; height: 36px; }
.who { min-width: 0; }
.who b { display: block; font-size: 15px; overflow-wrap: anywhere; }
.who i { font-style: normal; display: block; color: #d6d8dc; font-size: 13px; }
.close { position: absolute; right: 12%; top: 12px; border: 0; background: none; padding: 6px; line-height: 1; font-size: 20px; }
.card { position: absolute; right: 24px; bottom: 76px; width: min(340px, calc(100% - 32px)); padding: 16px 18px; border-radius: 14px;
  background: rgb(14 15 18 / 94%); box-shadow: 0 8px 30px rgb(0 0 0 / 50%); pointer-events: auto; }
.card p { margin: 0 0 12px; } .card b { display: block; font-size: 16px; }
.card div { display: flex; gap: 8px; flex-wrap: wrap; }
.card button { border: 1px solid rgb(255 255 255 / 35%); border-radius: 8px; background: none; padding: 7px 14px; font-weight: 600; }
.skip { position: absolute; right: 24px; bottom: 76px; border: 1px solid rgb(255 255 255 / 60%); border-radius: 8px; padding: 9px 18px;
  background: rgb(14 15 18 / 88%); font-weight: 600; pointer-events: auto; }
.skip:hover { background: #fff; color: #0e0f12; }
.card button.main { background: var(--accent); border-color: var(--accent); color: #17130a; }
.skip:focus-visible, .card button:focus-visible, .close:focus-visible { outline: 3px solid #fff; outline-offset: 2px; }
@container (max-width: 520px) { .box span { font-size: 11px; padding: 0 5px; } .panel { width: 62%; padding: 12px 12px 60px; }
  .card { right: 12px; bottom: 60px; padding: 12px; } .skip { right: 12px; bottom: 60px; } }
@media (prefers-reduced-motion: no-preference) { .panel, .card, .skip, .box { animation: show .12s ease-out; } }
@keyframes show { from { opacity: 0; } }
`;
