/// The page's own style sheet; it names no font file, no picture and no address.
pub(super) const PAGE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--ink:#1f2328;--soft:#57606a;--line:#d8dee4;--tint:#f6f8fa;--mark:#9a6700}\
@media (prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--soft:#9aa4af;--line:#30363d;--tint:#161b22;\
--mark:#d29922}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--paper);color:var(--ink);\
font:15px/1.5 'Helvetica Neue',Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif}\
main{max-width:1000px;margin:0 auto;padding:2rem 1.25rem 4rem}\
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .3rem}\
h2{font-size:1.2rem;margin:2.4rem 0 .6rem;padding-top:.9rem;border-top:1px solid var(--line)}\
p{max-width:46rem}.soft{color:var(--soft)}\
.facts{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.4rem 0}\
.fact{background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:.6rem .9rem;min-width:9.5rem}\
.fact b{display:block;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}\
.fact span{color:var(--soft);font-size:.85rem}\
.scroll{overflow-x:auto;background:linear-gradient(to right,var(--paper) 40%,transparent) 0/2.5rem 100% no-repeat local,\
linear-gradient(to left,var(--paper) 40%,transparent) 100%/2.5rem 100% no-repeat local,\
linear-gradient(to right,var(--line),transparent) 0/.8rem 100% no-repeat scroll,\
linear-gradient(to left,var(--line),transparent) 100%/.8rem 100% no-repeat scroll}\
figure{margin:1rem 0;overflow-x:auto}figure svg{max-width:100%;height:auto}\
@media (max-width:700px){figure svg{max-width:none}\
figure:before{content:'wider than the screen: scroll sideways';position:sticky;left:0;color:var(--soft);font-size:.8rem}}\
code,pre{font:13px/1.5 ui-monospace,'SFMono-Regular',Menlo,Consolas,'DejaVu Sans Mono',monospace}\
pre{background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem;overflow-x:auto}\
ul{padding-left:1.2rem}li{margin:.25rem 0;max-width:46rem}li code{color:var(--mark)}\
details{margin:.8rem 0}summary{cursor:pointer}th{font-weight:600}\
@media print{details{display:none}h2{break-after:avoid}figure{break-inside:avoid}}";
