// A waiting-room page as one would write it for Chromium: films beside a panel with numbers and a clock. Two video
// elements, so that the next film is loaded while the present one plays.
import { pathToFileURL } from 'node:url';

export function page(files, [x, y, width, height]) {
  const films = JSON.stringify(files.map((file) => String(pathToFileURL(file))));
  return `<!doctype html><html lang="ja"><meta charset="utf-8"><title>待合</title>
<style>
  body { margin: 0; background: #f6f4ef; font: 700 40px "BIZ UDGothic", sans-serif; overflow: hidden; cursor: none }
  video { position: absolute; left: ${x}px; top: ${y}px; width: ${width}px; height: ${height}px; object-fit: contain; background: #223 }
  .seen { z-index: 1 }
  #panel { position: absolute; right: 24px; top: 24px; width: ${1920 - width - x - 72}px }
  #panel b { display: block; font-size: 120px }
</style>
<video muted></video><video muted></video>
<div id="panel"><span id="clock"></span><p>診察<b>12</b>お待ち 13 14 15</p><p>会計<b>7</b>お待ち 8 9</p></div>
<script>
  const films = ${films}, videos = [...document.querySelectorAll('video')];
  let next = 0;
  const load = (video) => { video.src = films[next++ % films.length]; video.preload = 'auto'; video.load(); };
  videos.forEach((video, i) => video.addEventListener('ended', () => {
    const other = videos[1 - i];
    other.classList.add('seen');
    video.classList.remove('seen');
    other.play().then(() => load(video));
  }));
  load(videos[0]);
  videos[0].classList.add('seen');
  videos[0].play().then(() => load(videos[1]));
  const tell = () => (document.querySelector('#clock').textContent = new Date().toLocaleTimeString('ja', { hour: '2-digit', minute: '2-digit' }));
  tell();
  setInterval(tell, 1000);
</script></html>`;
}
