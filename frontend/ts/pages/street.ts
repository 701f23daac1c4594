/**
 * Maps of the street on the city's sketch. `data-map="pick"`: the needle stays in the middle, the map moves under it by finger,
 * mouse or arrow keys. `data-map="board"`: problems under way as marks with words, teams as flags, the chosen one's grid cell.
 */
import L from "leaflet";

interface Ground { west: number; south: number; east: number; north: number; side: number; mark: string; radius_m: number; }
interface Sketch { width: number; floes: { name: string; path: string; label_x: number; label_y: number }[]; waters: { name: string; path: string }[]; }
interface Cell { west: number; south: number; east: number; north: number; }
interface Area { divisions: { name: string }[]; cell: Cell; }
interface Mark { id: string; lon: number; lat: number; kind: string; state: string; label: string; url: string; chosen: boolean; }
interface Team { id: string; name: string; lon: number; lat: number; chosen: boolean; }

const METRES = 111_195, STREET = 7.5, CLOSEST = 11;

async function ask<T>(path: string): Promise<T> {
  const reply = await fetch(path, { headers: { Accept: "application/json" } });
  if (!reply.ok) throw new Error(String(reply.status));
  return (await reply.json()) as T;
}

class Street {
  readonly map: L.Map;
  private readonly lines: L.LayerGroup;
  private readonly lettering: L.LayerGroup;
  private cell: Cell | null = null;

  constructor(private readonly box: HTMLElement, readonly ground: Ground, sketch: Sketch) {
    this.map = L.map(box, {
      crs: L.CRS.Simple, minZoom: -1, maxZoom: CLOSEST, zoomSnap: 0.25, zoomDelta: 1, attributionControl: false, zoomControl: false,
      zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, keyboardPanDelta: 40, maxBounds: this.bounds().pad(0.1),
    });
    L.control.zoom({ position: "topright", zoomInTitle: "+", zoomOutTitle: "−" }).addTo(this.map);
    for (const floe of sketch.floes) L.polygon(along(floe.path), { className: "floe", interactive: false }).addTo(this.map);
    for (const water of sketch.waters) L.polyline(along(water.path), { className: "water", interactive: false }).addTo(this.map);
    this.lettering = L.layerGroup().addTo(this.map);
    for (const floe of sketch.floes) {
      const icon = L.divIcon({ className: "floe-name", html: escaped(floe.name), iconSize: [80, 20], iconAnchor: [40, 36] });
      L.marker([-floe.label_y, floe.label_x], { icon, interactive: false, keyboard: false }).addTo(this.lettering);
    }
    this.lines = L.layerGroup().addTo(this.map);
    this.map.on("moveend zoomend", () => this.rule());
  }

  bounds(): L.LatLngBounds {
    return L.latLngBounds([[-this.ground.side, 0], [0, this.ground.side]]);
  }

  at(lon: number, lat: number): L.LatLngTuple {
    const { west, east, north, south, side } = this.ground;
    return [-((north - lat) / (north - south)) * side, ((lon - west) / (east - west)) * side];
  }

  point(place: L.LatLng): [number, number] {
    const { west, east, north, south, side } = this.ground;
    return [west + (place.lng / side) * (east - west), north + (place.lat / side) * (north - south)];
  }

  circle(lon: number, lat: number, metres: number, className: string): L.Polygon {
    const round = Array.from({ length: 40 }, (_, step) => {
      const turn = (step / 40) * 2 * Math.PI;
      return this.at(lon + (Math.cos(turn) * metres) / METRES / Math.cos((lat * Math.PI) / 180), lat + (Math.sin(turn) * metres) / METRES);
    });
    return L.polygon(round, { className, interactive: false });
  }

  setCell(cell: Cell): void {
    this.cell = cell;
    this.rule();
  }

  /** Close to the ground the unit grid is drawn: white ways between cells. */
  private rule(): void {
    this.lines.clearLayers();
    const near = this.map.getZoom() >= STREET - 2;
    this.box.classList.toggle("near", near);
    if (!this.cell) return;
    const { west, south, east, north } = this.cell, wide = east - west, high = north - south;
    const [left, bottom] = this.point(this.map.getBounds().getSouthWest()), [right, top] = this.point(this.map.getBounds().getNorthEast());
    if ((right - left) / wide > 60) return;
    const line = (from: L.LatLngTuple, to: L.LatLngTuple): void => {
      L.polyline([from, to], { className: "grid-line", interactive: false }).addTo(this.lines);
    };
    for (let lon = west + Math.floor((left - west) / wide) * wide; lon <= right; lon += wide) line(this.at(lon, bottom), this.at(lon, top));
    for (let lat = south + Math.floor((bottom - south) / high) * high; lat <= top; lat += high) line(this.at(left, lat), this.at(right, lat));
  }
}

/** A path of the sketch as points; the browser knows how its curves run. */
function along(path: string): L.LatLngTuple[] {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawn.setAttribute("d", path);
  const length = drawn.getTotalLength();
  return Array.from({ length: 121 }, (_, step) => {
    const point = drawn.getPointAtLength((length * step) / 120);
    return [-point.y, point.x] as L.LatLngTuple;
  });
}

function escaped(text: string): string {
  const holder = document.createElement("i");
  holder.textContent = text;
  return holder.innerHTML;
}

function sign(icons: string, kind: string): string {
  return `<svg aria-hidden="true"><use href="${icons}#s-${kind}"/></svg>`;
}

function board(box: HTMLElement, street: Street): void {
  const data = JSON.parse(document.getElementById("street-data")?.textContent ?? "{}") as { marks?: Mark[]; teams?: Team[] };
  const marks = data.marks ?? [], icons = box.dataset.icons ?? "";
  for (const mark of marks) {
    const size = mark.chosen ? 54 : 34;
    const icon = L.divIcon({ className: `street-mark${mark.chosen ? " chosen" : ""}`, html: sign(icons, mark.kind), iconSize: [size, size] });
    const placed = L.marker(street.at(mark.lon, mark.lat), { icon, title: mark.label, alt: mark.label, zIndexOffset: mark.chosen ? 500 : 0 });
    placed.addTo(street.map).on("click", () => location.assign(mark.url)).on("keypress", (event) => {
      if (["Enter", " "].includes((event as unknown as L.LeafletKeyboardEvent).originalEvent.key)) location.assign(mark.url);
    });
  }
  const chosen = marks.find((mark) => mark.chosen);
  for (const team of data.teams ?? []) {
    const icon = L.divIcon({ className: `street-team${team.chosen ? " chosen" : ""}`, html: `<b>${escaped(team.name)}</b>`, iconSize: [0, 0] });
    L.marker(street.at(team.lon, team.lat), { icon, interactive: false, keyboard: false }).addTo(street.map);
    if (team.chosen && chosen) L.polyline(bent(street.at(team.lon, team.lat), street.at(chosen.lon, chosen.lat)), { className: "way", interactive: false }).addTo(street.map);
  }
  const about = chosen ?? marks[0];
  if (about) {
    const team = (data.teams ?? []).find((one) => one.chosen), here = street.at(about.lon, about.lat);
    if (team) street.map.fitBounds(L.latLngBounds([here, street.at(team.lon, team.lat)]), { maxZoom: STREET, ...(box.clientWidth < 700 ? { padding: [40, 80] as L.PointTuple } : { paddingTopLeft: [330, 110] as L.PointTuple, paddingBottomRight: [150, 90] as L.PointTuple }) });
    else street.map.setView(here, STREET);
    if (chosen) street.circle(chosen.lon, chosen.lat, street.ground.radius_m, "reach").addTo(street.map);
    void ask<Area>(`/api/v1/places/area?lon=${about.lon}&lat=${about.lat}`).then((area) => {
      const { west, south, east, north } = area.cell;
      L.polygon([street.at(west, south), street.at(east, south), street.at(east, north), street.at(west, north)], { className: "cell", interactive: false }).addTo(street.map);
      street.setCell(area.cell);
    }).catch(() => undefined);
  } else street.map.fitBounds(street.bounds());
}

/** A way that bends gently, as rivers do. */
function bent(from: L.LatLngTuple, to: L.LatLngTuple): L.LatLngTuple[] {
  const across = [(to[0] - from[0]) * 0.12, (to[1] - from[1]) * 0.12] as const;
  return Array.from({ length: 31 }, (_, step) => {
    const part = step / 30, bend = Math.sin(part * Math.PI * 2);
    return [from[0] + (to[0] - from[0]) * part - across[1] * bend, from[1] + (to[1] - from[1]) * part + across[0] * bend] as L.LatLngTuple;
  });
}

function pick(street: Street): void {
  const lon = document.querySelector<HTMLInputElement>("#report-lon"), lat = document.querySelector<HTMLInputElement>("#report-lat");
  const said = document.querySelector<HTMLElement>("#report-where"), form = document.querySelector<HTMLFormElement>("#report-form");
  if (!lon || !lat || !said || !form) return;
  const first = said.textContent ?? "";
  let waiting = 0, moved = false;

  const look = async (): Promise<void> => {
    const query = `lon=${lon.value}&lat=${lat.value}`;
    try {
      const area = await ask<Area>(`/api/v1/places/area?${query}`);
      said.textContent = area.divisions.map((division) => division.name).join(" ");
      street.setCell(area.cell);
    } catch {
      said.textContent = first;
    }
    const kind = form.querySelector<HTMLInputElement>("[name=kind]:checked")?.value ?? "";
    const component = form.querySelector<HTMLSelectElement>("#report-component")?.value ?? "";
    if (kind && form.dataset.nearby) window.htmx.ajax("get", `${form.dataset.nearby}?${query}&kind=${kind}&component=${encodeURIComponent(component)}`, "#report-nearby");
  };
  const settle = (): void => {
    if (!moved) return;
    const [x, y] = street.point(street.map.getCenter());
    lon.value = x.toFixed(7);
    lat.value = y.toFixed(7);
    clearTimeout(waiting);
    waiting = window.setTimeout(() => void look(), 250);
  };
  const go = (x: number, y: number, zoom: number): void => {
    moved = true;
    street.map.setView(street.at(x, y), zoom);
    settle();
  };
  street.map.fitBounds(street.bounds());
  street.map.on("dragend keydown zoomend", () => { moved = moved || street.map.getZoom() >= 3; });
  street.map.on("moveend", settle);
  street.map.on("click", (event: L.LeafletMouseEvent) => {
    const [x, y] = street.point(event.latlng);
    go(x, y, Math.min(CLOSEST, Math.max(street.map.getZoom() + 2, 4)));
  });
  form.addEventListener("change", (event) => {
    const changed = event.target as HTMLElement;
    if (changed.id === "report-district") {
      const chosen = (changed as HTMLSelectElement).selectedOptions[0];
      if (chosen?.dataset.lon && chosen.dataset.lat) go(Number(chosen.dataset.lon), Number(chosen.dataset.lat), STREET);
    } else if ((changed as HTMLInputElement).name === "kind" && lon.value) void look();
  });
  document.querySelector("#report-here")?.addEventListener("click", () => {
    navigator.geolocation?.getCurrentPosition((here) => go(here.coords.longitude, here.coords.latitude, CLOSEST), () => { said.textContent = first; });
  });
}

/** Chosen photos are shown before they are sent. */
function preview(input: HTMLInputElement, row: HTMLElement): void {
  input.addEventListener("change", () => {
    row.replaceChildren(...[...(input.files ?? [])].slice(0, 4).map((file) => {
      const image = document.createElement("img");
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      return image;
    }));
  });
}

for (const name of ["report", "fix"]) {
  const input = document.querySelector<HTMLInputElement>(`#${name}-photos`), row = document.querySelector<HTMLElement>(`#${name}-previews`);
  if (input && row) preview(input, row);
}
const fix = document.querySelector<HTMLInputElement>("#fix-lon"), fixLat = document.querySelector<HTMLInputElement>("#fix-lat");
if (fix && fixLat) {
  document.querySelector("#fix-photos")?.addEventListener("change", () => {
    navigator.geolocation?.getCurrentPosition((here) => {
      fix.value = String(here.coords.longitude);
      fixLat.value = String(here.coords.latitude);
    }, () => undefined);
  });
}
document.querySelector<HTMLSelectElement>("select[data-go]")?.addEventListener("change", (event) => location.assign((event.target as HTMLSelectElement).value));
document.querySelector("#send-form")?.addEventListener("change", (event) => {
  const words = document.querySelector<HTMLElement>("[data-send]"), chosen = (event.target as HTMLInputElement).dataset.name;
  if (words && chosen) words.textContent = `${words.dataset.send ?? ""}${chosen}`;
});
const box = document.querySelector<HTMLElement>("#street-map");
if (box) {
  Promise.all([ask<Ground>("/api/v1/governance/ground"), ask<Sketch>("/api/v1/places/sketch")])
    .then(([ground, sketch]) => {
      const street = new Street(box, ground, sketch);
      if (box.dataset.map === "board") board(box, street);
      else pick(street);
    })
    .catch(() => box.classList.add("failed"));
}
